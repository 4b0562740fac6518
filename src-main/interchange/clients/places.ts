import { posix, win32 } from 'node:path';
import type { Place } from './client-spec.js';

// Paths are put together for the place they are asked for, which in tests is not the computer they run on.

type Join = (...parts: string[]) => string;

const joinOf = ({ platform }: Place): Join => (platform === 'win32' ? win32.join : posix.join);

/** Below the person's home folder. */
export function inHome(place: Place, ...parts: string[]): string {
  return joinOf(place)(place.home, ...parts);
}

/** Below the folder named by an environment variable, or, where it is not set, below a folder of the home. */
export function inVariable(place: Place, variable: string, fallback: string[], ...parts: string[]): string {
  const folder = place.env[variable];
  const join = joinOf(place);
  return folder && isAbsolute(place, folder)
    ? join(folder, ...parts)
    : join(place.home, ...fallback, ...parts);
}

export function isAbsolute({ platform }: Place, path: string): boolean {
  return platform === 'win32' ? win32.isAbsolute(path) : posix.isAbsolute(path);
}

/** `~/.config`, or where XDG_CONFIG_HOME says; on every system, for programs that keep to it everywhere. */
export function inXdgConfig(place: Place, ...parts: string[]): string {
  return inVariable(place, 'XDG_CONFIG_HOME', ['.config'], ...parts);
}

/** Where Electron and VS Code keep an app's data: `%APPDATA%`, `~/Library/Application Support`, `~/.config`. */
export function inAppData(place: Place, ...parts: string[]): string {
  if (place.platform === 'win32') return inVariable(place, 'APPDATA', ['AppData', 'Roaming'], ...parts);
  if (place.platform === 'darwin') return inHome(place, 'Library', 'Application Support', ...parts);
  return inXdgConfig(place, ...parts);
}

/** `%LOCALAPPDATA%` on Windows. */
export function inLocalAppData(place: Place, ...parts: string[]): string {
  return inVariable(place, 'LOCALAPPDATA', ['AppData', 'Local'], ...parts);
}
