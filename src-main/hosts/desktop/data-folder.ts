import { app } from 'electron';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { defaultDataFolder } from '../../platform/data-folder.js';

/**
 * Answers the data folder, and moves what Chromium keeps (caches, the single-instance lock) into a folder of its own
 * within it: by default it would lie among our files on macOS and Windows, and two data folders would share one lock.
 * @throws where the folder cannot be made
 */
export function useDataFolder(wanted: string | undefined): string {
  const dataDir =
    wanted ?? defaultDataFolder({ platform: process.platform, env: process.env, home: homedir() });
  const chromium = join(dataDir, 'window');
  mkdirSync(chromium, { recursive: true, mode: 0o700 });
  app.setPath('userData', chromium);
  return dataDir;
}
