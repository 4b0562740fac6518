import { posix, win32 } from 'node:path';

export type Surroundings = {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** The person's home folder. */
  home: string;
};

/**
 * Where the app keeps its data unless it is told otherwise: each platform's own place for what belongs to one person.
 * Windows: roaming AppData. macOS: Application Support. Else the XDG base directories, whose specification says that
 * relative paths are to be ignored.
 */
export function defaultDataFolder({ platform, env, home }: Surroundings): string {
  if (platform === 'win32')
    return win32.join(env['APPDATA'] || win32.join(home, 'AppData', 'Roaming'), 'Jackfield');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Jackfield');
  const xdg = env['XDG_DATA_HOME'];
  return posix.join(xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home, '.local', 'share'), 'jackfield');
}
