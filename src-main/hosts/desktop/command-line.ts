import { app } from 'electron';
import type { Programs } from '../../app.js';
import type { Surroundings } from '../cli/place.js';
import { useDataFolder } from './data-folder.js';
import { launcherWords } from './launcher-words.js';

/**
 * The installed app as the `jackfield` command: no window, and no regard to another instance that may have one. Its
 * Electron cannot run plain Node (fuse `runAsNode`), so the command runs in the main process.
 */
export async function obeyCommand(
  args: readonly string[],
  files: { keychainHelper: string; programs: Programs; command: string },
): Promise<void> {
  app.dock?.hide();
  const [{ obey }, { launchUtilityHelper }] = await Promise.all([
    import('../cli/obey.js'),
    import('./keychain-process.js'),
  ]);
  useDataFolder(undefined);
  const surroundings: Surroundings = {
    launchHelper: () => launchUtilityHelper(files.keychainHelper),
    programs: files.programs,
    launcher: launcherWords(files.command),
  };
  // Utility processes, the keychain's helper among them, begin with that.
  await app.whenReady();
  const code = await obey(args, surroundings);
  process.stdout.write('', () => app.exit(code ?? 0));
}
