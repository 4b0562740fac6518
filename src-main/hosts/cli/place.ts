import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { HelperProcess, Programs } from '../../app.js';
import { defaultDataFolder } from '../../platform/data-folder.js';

/** What differs between a command that plain Node runs and one that the desktop app's binary runs. */
export type Surroundings = {
  launchHelper: () => HelperProcess;
  programs: Programs;
  /** The words by which an AI client starts this command. */
  launcher: readonly [string, ...string[]];
};

/** The data folder: as named, else as the environment says, else the platform's own. */
export function dataFolderOf(named: string | undefined, env: NodeJS.ProcessEnv): string {
  return resolve(
    named ??
      (env['JACKFIELD_DATA_DIR'] || defaultDataFolder({ platform: process.platform, env, home: homedir() })),
  );
}
