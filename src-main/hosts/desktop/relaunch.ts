import { app } from 'electron';
import { launcherWords } from './launcher-words.js';
import type { LaunchOptions } from './launch-options.js';

/** Has the app started anew as it was started, once this process has ended, with other things to open. */
export function relaunch({ dataDir }: Pick<LaunchOptions, 'dataDir'>, opened: readonly string[]): void {
  const [execPath] = launcherWords('');
  app.relaunch({
    execPath,
    args: [
      ...(app.isPackaged ? [] : [app.getAppPath()]),
      ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
      ...opened,
    ],
  });
}
