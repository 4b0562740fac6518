import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the desktop app was started: from a terminal, by the OS at login, or by a link or file that was opened. */
export type LaunchOptions = {
  dataDir: string | undefined;
  /** Started at login: no window until somebody asks for one, where a tray icon can be asked. */
  hidden: boolean;
  /** Links and files to open, in their order; paths absolute. */
  opened: string[];
};

/** Options that cannot be used: the host ends with exit code 2 and this one line. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/** A scheme has two letters or more; one alone is a drive of Windows. Files come as `file:` URLs too. */
const LINK = /^(?!file:)[a-z][a-z0-9+.-]+:/i;
/** What the browser host takes besides; the same command line must not fail where a window can be shown. */
const BROWSER_ONLY = new Set(['--no-open', '--json', '--port']);

/**
 * What of a command line is for the app. A packaged app is the executable; else Electron is, and takes the first word
 * that is no switch for the app's folder: what stands before is Electron's own (a debugger's port, say).
 */
export function ownArguments([, ...args]: readonly string[], isPackaged: boolean): string[] {
  return isPackaged ? args : args.slice(args.findIndex((arg) => !arg.startsWith('-')) + 1);
}

/**
 * Reads the arguments after the executable (and, in development, after the app's folder). Switches that are not ours
 * belong to Chromium or to the OS, so they are passed over once packaged; a person at a terminal is told of a typo.
 * @throws LaunchError with one line that names the option
 */
export function readLaunch(
  args: readonly string[],
  { env, cwd, isPackaged }: { env: NodeJS.ProcessEnv; cwd: string; isPackaged: boolean },
): LaunchOptions {
  const options: LaunchOptions = { dataDir: undefined, hidden: false, opened: [] };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [name = '', inline] = split(arg);
    if (name === '--data-dir') options.dataDir = inline ?? rest.shift() ?? '';
    else if (name === '--hidden') options.hidden = true;
    else if (BROWSER_ONLY.has(name)) {
      if (name === '--port' && inline === undefined) rest.shift();
    } else if (LINK.test(arg)) options.opened.push(arg);
    else if (!arg.startsWith('-')) options.opened.push(pathOf(arg, cwd));
    else if (!isPackaged)
      throw new LaunchError(`Unknown option ${name}. Options: --data-dir DIR, --browser.`);
  }
  options.dataDir ??= env['JACKFIELD_DATA_DIR'];
  if (options.dataDir !== undefined && options.dataDir.trim() === '')
    throw new LaunchError('--data-dir must name a folder.');
  if (options.dataDir !== undefined) options.dataDir = resolve(cwd, options.dataDir);
  return options;
}

/** Linux desktops hand over files as `file:` URLs. One that names no file of this computer stays what it is. */
function pathOf(arg: string, cwd: string): string {
  if (!/^file:/i.test(arg)) return resolve(cwd, arg);
  try {
    return fileURLToPath(arg);
  } catch {
    return arg;
  }
}

function split(arg: string): [string, string?] {
  const at = arg.indexOf('=');
  return arg.startsWith('--') && at > 0 ? [arg.slice(0, at), arg.slice(at + 1)] : [arg];
}
