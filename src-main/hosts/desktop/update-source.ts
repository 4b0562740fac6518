import { app } from 'electron';
import type { AppUpdater } from 'electron-updater';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is used of electron-updater, in its own types. */
export type Updater = Pick<
  AppUpdater,
  | 'autoDownload'
  | 'autoInstallOnAppQuit'
  | 'autoRunAppAfterInstall'
  | 'disableWebInstaller'
  | 'allowPrerelease'
  | 'allowDowngrade'
  | 'channel'
  | 'logger'
  | 'checkForUpdates'
  | 'downloadUpdate'
  | 'quitAndInstall'
  | 'on'
  | 'once'
>;

/** Where updates come from and the key they must be signed with; or a sentence about why there are none. */
export type UpdateSource = { updater: Updater; publicKey: string } | { reason: string };

const ELSEWHERE = 'Get new versions where you got this one.';

/** Why this copy cannot update itself, or the key that its updates are signed with. Reads files, loads nothing. */
export function updateKey(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): { publicKey: string } | { reason: string } {
  if (!app.isPackaged) return { reason: 'This is a checkout. Update it as you got it.' };
  const { resourcesPath } = process;
  if (!existsSync(join(resourcesPath, 'app-update.yml')))
    return { reason: `This build knows no place to look for updates. ${ELSEWHERE}` };
  if (env['PORTABLE_EXECUTABLE_DIR'])
    return { reason: `The portable version does not update itself. ${ELSEWHERE}` };
  if (platform === 'linux' && !env['APPIMAGE'] && !existsSync(join(resourcesPath, 'package-type')))
    return { reason: `This copy belongs to no installer that it could ask for a newer one. ${ELSEWHERE}` };
  const publicKey = keyOfPackage();
  if (publicKey === undefined)
    return { reason: `This build has no key to check the signature of an update with. ${ELSEWHERE}` };
  return { publicKey };
}

export function whyNoUpdates(): string | undefined {
  const key = updateKey();
  return 'reason' in key ? key.reason : undefined;
}

/** The package's own package.json, protected by the archive's integrity check: releases put their key there. */
function keyOfPackage(): string | undefined {
  try {
    const text = readFileSync(join(app.getAppPath(), 'package.json'), 'utf8');
    const { updateKey } = JSON.parse(text) as { updateKey?: unknown };
    return typeof updateKey === 'string' && updateKey !== '' ? updateKey : undefined;
  } catch {
    return undefined;
  }
}

/** electron-updater is loaded when somebody wants to look for updates, and not before. */
export async function openUpdateSource(): Promise<UpdateSource> {
  const key = updateKey();
  if ('reason' in key) return key;
  const { autoUpdater } = await import('electron-updater');
  return { updater: autoUpdater, ...key };
}
