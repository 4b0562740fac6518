import { app as electron, clipboard } from 'electron';
import { App, type Programs, type Updates } from '../../app.js';
import { offerLocalSocket } from '../socket/local-socket.js';
import { askInDialog } from './consent-dialog.js';
import { launchUtilityHelper } from './keychain-process.js';

export { CatalogLockedError } from '../../app.js';

type Files = { keychainHelper: string; programs: Programs; launcher: readonly [string, ...string[]] };

/**
 * The heavy half of the host: everything but the window. It is loaded while the window opens, so that a person sees
 * one before all of this has been read.
 * @throws CatalogLockedError where another host holds the folder; AppError `io` where the folder cannot be used
 */
export async function openApp(options: {
  version: string;
  dataDir: string;
  files: Files;
  updates: Updates;
  say: (line: string) => void;
}): Promise<App> {
  const { version, dataDir, files, updates, say } = options;
  const app = await App.open({
    host: 'desktop',
    version,
    dataDir,
    programs: files.programs,
    launcher: files.launcher,
    clipboard: { read: () => clipboard.readText(), write: (text) => clipboard.writeText(text) },
    updates,
    askPerson: askInDialog(),
    launchHelper: () => launchUtilityHelper(files.keychainHelper),
    onFault: (what, error) => say(`Fault in ${what}: ${error}`),
  });
  electron.on('will-quit', await offerLocalSocket(app, dataDir, say));
  return app;
}
