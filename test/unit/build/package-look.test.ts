import { appendFile, copyFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import asar from '@electron/asar';
import fuses from '@electron/fuses';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkArchive } from '../../../build/lib/package/archive.mjs';
import { checkFuses } from '../../../build/lib/package/fuses.mjs';
import { checkIntegrity } from '../../../build/lib/package/integrity.mjs';
import { layouts } from '../../../build/lib/package/layout.mjs';
import { checkSurroundings } from '../../../build/lib/package/surroundings.mjs';
import { NATIVE, standInPackage, UNPACKED, type Place } from '../../support/stand-in-package.js';
import { tempFolder } from '../../support/temp-folder.js';

type Check = { name: string; ok: boolean; detail: string };

async function failed(place: Place, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const checks = [
    ...(checkArchive(place, env) as Check[]),
    ...(checkIntegrity(place) as Check[]),
    ...(checkSurroundings(place) as Check[]),
    ...((await checkFuses(place)) as Check[]),
  ];
  return checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
}

const WANTED = { runAsNode: false, cookies: true, options: false, inspect: false, integrity: true } as const;
const { FuseV1Options: Fuse, FuseVersion, flipFuses } = fuses;

/** As electron-builder flips them. */
async function flip(
  place: Place,
  change: Partial<typeof WANTED> | Record<string, boolean> = {},
): Promise<void> {
  const wanted = { ...WANTED, ...change };
  await flipFuses(place.executable, {
    version: FuseVersion.V1,
    [Fuse.RunAsNode]: wanted.runAsNode,
    [Fuse.EnableCookieEncryption]: wanted.cookies,
    [Fuse.EnableNodeOptionsEnvironmentVariable]: wanted.options,
    [Fuse.EnableNodeCliInspectArguments]: wanted.inspect,
    [Fuse.EnableEmbeddedAsarIntegrityValidation]: wanted.integrity,
    [Fuse.OnlyLoadAppFromAsar]: true,
    [Fuse.LoadBrowserProcessSpecificV8Snapshot]: false,
    [Fuse.GrantFileProtocolExtraPrivileges]: false,
  });
}

/** A look is only worth something if it can fail: each fault is put into a package that is right otherwise. */
describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the look into a package', () => {
  it('finds nothing where nothing is wrong', async () => {
    const place = await standInPackage();
    await flip(place);
    expect(await failed(place)).toEqual([]);
  });

  it.each([
    ['.env', 'TOKEN=x', 'should not be there'],
    ['out/main/browser.js', '', 'should not be there'],
    ['out/renderer/assets/page.js.map', '{}', 'should not be there'],
    ['node_modules/keytar/prebuilds/win32-x64/keytar.node', '', 'should not be there'],
    ['node_modules/left-pad/index.js', '', 'should not be there'],
    ['out/main/chunks/app.js.map', '{}', 'maps'],
    ['out/main/chunks/app.js', '//# sourceMappingURL=app.js.map', 'tell where they were built'],
    ['out/main/chunks/app.js', `const here = "${process.cwd()}"`, 'tell where they were built'],
    ['out/main/chunks/app.js', `const k = "ghp_${'a1'.repeat(18)}"`, 'or hold a key'],
    ['out/third-party-notices.txt', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}`, 'or hold a key'],
    ['package.json', '{"dependencies":{"keytar":"1"},"scripts":{"start":"x"}}', 'package.json'],
    ['package.json', '{"dependencies":{"keytar":"1","left-pad":"1"}}', 'package.json'],
    ['out/main/chunks/app.js', 'x'.repeat(9_000_000), 'size of the archive'],
    [NATIVE, 'no program at all', 'not made for linux-x64'],
  ])('finds %s with %.40j', async (path, text, why) => {
    const place = await standInPackage({ [path]: text });
    await flip(place);
    expect((await failed(place)).join('\n')).toContain(why);
  });

  it.each([
    'out/preload/preload.cjs',
    'out/main/desktop.js',
    'out/renderer/index.html',
    'LICENSE',
    NATIVE,
    'out/main/sample-server.js',
    'out/main/result-judge.js',
  ])('misses %s', async (path) => {
    const place = await standInPackage(
      { [path]: undefined },
      UNPACKED.filter((one) => one !== path),
    );
    await flip(place);
    expect((await failed(place)).join('\n')).toContain(`missing: ${path}`);
  });

  it.each(UNPACKED)('finds %s within the archive, where nobody else can read it', async (path) => {
    const place = await standInPackage(
      {},
      UNPACKED.filter((one) => one !== path),
    );
    await flip(place);
    // A copy beside the archive does not help: it is the archive that leads there.
    await mkdir(join(place.resources, 'app.asar.unpacked', path, '..'), { recursive: true });
    await writeFile(join(place.resources, 'app.asar.unpacked', path), '');
    expect((await failed(place)).join('\n')).toContain(`missing: ${path}`);
  });

  it('finds the value of a variable that sounds secret, and names the variable alone', async () => {
    const place = await standInPackage({ 'out/main/chunks/app.js': 'const x = "hunter2hunter2"' });
    await flip(place);
    const env = { UPDATE_SIGNING_KEY: 'hunter2hunter2', HOME: 'const x', CI_TOKEN: 'elsewhere' };
    const found = (await failed(place, env)).join();
    expect(found).toContain('variables whose value is in it: UPDATE_SIGNING_KEY');
    expect(found).not.toContain('hunter2');
  });

  it.each<[string, (place: Place) => Promise<void>, string]>([
    [
      'another processor’s module',
      async ({ resources }) => {
        const handle = await open(join(resources, 'app.asar.unpacked', NATIVE), 'r+');
        await handle.write(Buffer.from([183, 0]), 0, 2, 18);
        await handle.close();
      },
      'not made for linux-x64',
    ],
    ['a stray resource', ({ resources }) => writeFile(join(resources, 'notes.txt'), ''), 'notes.txt'],
    ['one language too many', ({ folder }) => writeFile(join(folder, 'locales/fr.pak'), ''), 'fr.pak'],
    [
      'a language that is missing',
      ({ folder }) => rm(join(folder, 'locales/de.pak')),
      'languages: en-US.pak',
    ],
    [
      'no licences of Chromium’s parts',
      ({ folder }) => rm(join(folder, 'LICENSES.chromium.html')),
      'missing:',
    ],
    ['no licences of ours', ({ resources }) => rm(join(resources, 'third-party-notices.txt')), 'missing:'],
    ['a program that is none', ({ program }) => spoil(program, 0, Buffer.from('none')), 'the program'],
    [
      'a file whose bytes were changed',
      async ({ resources }) => {
        const archive = join(resources, 'app.asar');
        await spoil(archive, (await readFile(archive)).indexOf('app();'), Buffer.from('bad();'));
      },
      'not as their hashes say: out/main/desktop.js',
    ],
  ])('finds %s', async (_what, spoilIt, why) => {
    const place = await standInPackage();
    await flip(place);
    await spoilIt(place);
    expect((await failed(place)).join('\n')).toContain(why);
  });

  it.each([
    [{ runAsNode: true }, 'RunAsNode'],
    [{ cookies: false }, 'EnableCookieEncryption'],
    [{ options: true }, 'EnableNodeOptionsEnvironmentVariable'],
    [{ inspect: true }, 'EnableNodeCliInspectArguments'],
    [{ integrity: false }, 'EnableEmbeddedAsarIntegrityValidation'],
  ])('finds a fuse that is not as wanted: %j', async (change, name) => {
    const place = await standInPackage();
    await flip(place, change);
    expect(await failed(place)).toEqual([`fuses, read back: not as wanted: ${name}`]);
  });

  it('finds fuses that nobody has flipped', async () => {
    expect((await failed(await standInPackage())).join()).toContain('fuses, read back');
  });
});

describe('the hash of the archive’s head', () => {
  const headHash = (resources: string): string =>
    createHash('sha256')
      .update(asar.getRawHeader(join(resources, 'app.asar')).headerString)
      .digest('hex');
  const isKept = (place: Place): boolean => (checkIntegrity(place) as Check[]).every(({ ok }) => ok);

  it('is wanted in the executable on Windows', async () => {
    const place = { ...(await standInPackage()), platform: 'win32' };
    expect(isKept(place)).toBe(false);
    await appendFile(
      place.program,
      `[{"file":"resources\\\\app.asar","value":"${headHash(place.resources)}"}]`,
    );
    expect(isKept(place)).toBe(true);
  });

  it('is wanted in Info.plist on macOS', async () => {
    const place = { ...(await standInPackage()), platform: 'darwin' };
    await mkdir(join(place.folder, 'Contents'));
    const plist = join(place.folder, 'Contents/Info.plist');
    await writeFile(plist, '<key>ElectronAsarIntegrity</key>');
    expect(isKept(place)).toBe(false);
    await writeFile(plist, `<string>${headHash(place.resources)}</string>`);
    expect(isKept(place)).toBe(true);
  });
});

describe('the packages that are looked into', () => {
  it('are those of every processor that was built for', async () => {
    const output = await tempFolder();
    expect(layouts(output)).toEqual([]);
    const system = { darwin: 'mac', win32: 'win' }[process.platform as string] ?? 'linux';
    const names = ['', '-arm64'].map((arch) =>
      system === 'mac' ? `mac${arch}/Jackfield.app` : `${system}${arch}-unpacked`,
    );
    for (const name of names) await mkdir(join(output, name), { recursive: true });
    const found = layouts(output) as Place[];
    expect(found.map(({ arch }) => arch)).toEqual(['x64', 'arm64']);
    expect(found.map(({ folder }) => folder)).toEqual(names.map((name) => join(output, name)));
  });
});

async function spoil(file: string, at: number, bytes: Buffer): Promise<void> {
  // Not the file itself, which may be linked to where it came from.
  await copyFile(file, `${file}.copy`);
  const handle = await open(`${file}.copy`, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
  await handle.close();
  await rm(file);
  await copyFile(`${file}.copy`, file);
  await rm(`${file}.copy`);
}
