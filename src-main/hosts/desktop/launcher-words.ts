import { app } from 'electron';

/**
 * The words by which another program starts the command: the installed app itself does it, where its first argument is
 * a command's word. An AppImage is mounted somewhere else at every start, and a portable program is unpacked anew: their
 * own files are named in the environment. From a checkout, Electron runs the command's script.
 */
export function launcherWords(script: string): [string, ...string[]] {
  if (!app.isPackaged) return [process.execPath, script];
  return [process.env['APPIMAGE'] || process.env['PORTABLE_EXECUTABLE_FILE'] || process.execPath];
}
