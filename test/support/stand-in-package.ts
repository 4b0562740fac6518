import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import asar from '@electron/asar';
import { makeStandInRuntime } from '../../build/lib/stand-in-electron.mjs';
import { onTestFinished } from 'vitest';

/** Where the parts of an unpacked package are, as build/lib/package/layout.mjs tells. */
export type Place = {
  name: string;
  platform: string;
  arch: string;
  folder: string;
  executable: string;
  program: string;
  resources: string;
};
type Files = Record<string, string>;

export const NATIVE = 'node_modules/keytar/prebuilds/linux-x64/keytar.node';
/** What every package holds at least; the native module is this very Node, which is a program for this machine. */
const RIGHT: Files = {
  'package.json': '{"dependencies":{"keytar":"1"}}',
  LICENSE: 'MIT',
  'out/main/desktop.js': 'app();',
  'out/main/result-judge.js': '',
  'out/main/sample-server.js': '',
  'out/preload/preload.cjs': '',
  'out/renderer/index.html': '<p>',
  [NATIVE]: '',
};
export const UNPACKED = ['package.json', 'out/main/sample-server.js', 'out/main/result-judge.js', NATIVE];

/**
 * A package that is right in everything that is looked at, but for what a test puts in, leaves out or packs otherwise.
 * @param files by their path in the archive; `undefined` leaves one out
 */
export async function standInPackage(
  files: Record<string, string | undefined> = {},
  unpacked = UNPACKED,
): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'jackfield-package-'));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const folder = join(root, 'linux-unpacked');
  makeStandInRuntime(folder, '45.0.0');
  await rename(join(folder, 'electron'), join(folder, 'jackfield'));
  await rename(join(folder, 'LICENSE'), join(folder, 'LICENSE.electron.txt'));
  await rm(join(folder, 'locales/fr.pak'));
  const resources = join(folder, 'resources');
  for (const [path, text] of Object.entries({ ...RIGHT, ...files })) {
    if (text === undefined) continue;
    const file = join(root, 'app', path);
    await mkdir(dirname(file), { recursive: true });
    if (path === NATIVE && text === '') await copyFile('/bin/true', file);
    else await writeFile(file, text);
  }
  await writeFile(join(resources, 'third-party-notices.txt'), '@github/keytar 7');
  const pattern = `{${unpacked.map((path) => join(root, 'app', path)).join(',')},/none}`;
  await asar.createPackageWithOptions(join(root, 'app'), join(resources, 'app.asar'), { unpack: pattern });
  const program = join(folder, 'jackfield');
  return { name: 'x', platform: 'linux', arch: 'x64', folder, executable: program, program, resources };
}
