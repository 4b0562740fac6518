import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import asar from '@electron/asar';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkArchive } from '../../../build/lib/package/archive.mjs';
import { tempFolder } from '../../support/temp-folder.js';

type Check = { name: string; ok: boolean; detail: string };
const NATIVE = `node_modules/keytar/prebuilds/${process.platform}-${process.arch}/keytar.node`;

/** The check is only worth something if it can fail: each fault is put into an archive that is right otherwise. */
describe('the look into a package', () => {
  let folder: string;
  let files: Record<string, string>;
  beforeEach(async () => {
    folder = await tempFolder();
    files = {
      'package.json': '{"dependencies":{"keytar":"1"}}',
      LICENSE: 'MIT',
      'out/main/desktop.js': '',
      'out/main/sample-server.js': '',
      'out/preload/preload.cjs': '',
      'out/renderer/index.html': '',
      [NATIVE]: '',
    };
  });

  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const failed = async (
    unpacked = ['package.json', 'out/main/sample-server.js', NATIVE],
  ): Promise<string[]> => {
    const resources = join(folder, 'resources');
    for (const [path, text] of Object.entries(files)) await put(join(folder, 'app', path), text);
    for (const path of unpacked) await put(join(resources, 'app.asar.unpacked', path), '');
    await put(join(resources, 'third-party-notices.txt'), '@github/keytar 7');
    await asar.createPackage(join(folder, 'app'), join(resources, 'app.asar'));
    const checks = checkArchive({ resources }) as Check[];
    return checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
  };

  it('finds nothing where nothing is wrong', async () => {
    expect(await failed()).toEqual([]);
  });

  it.each([
    ['.env', 'TOKEN=x', 'should not be there'],
    ['out/main/browser.js', '', 'should not be there'],
    ['node_modules/keytar/prebuilds/other-cpu/keytar.node', '', 'should not be there'],
    ['out/main/chunks/app.js.map', '{}', 'maps'],
    ['out/main/chunks/app.js', '//# sourceMappingURL=app.js.map', 'tell where they were built'],
    ['out/main/chunks/app.js', `const here = "${process.cwd()}"`, 'tell where they were built'],
    ['package.json', '{"dependencies":{"keytar":"1"},"scripts":{"start":"x"}}', 'package.json'],
  ])('finds %s with %j', async (path, text, why) => {
    files[path] = text;
    expect((await failed()).join()).toContain(why);
  });

  it('finds what is missing, within and outside', async () => {
    delete files['out/preload/preload.cjs'];
    const found = (await failed(['package.json'])).join();
    expect(found).toContain('missing: out/preload/preload.cjs');
    expect(found).toContain('missing: out/main/sample-server.js');
  });
});
