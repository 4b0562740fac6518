import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { App } from '../../../src-main/app.js';
import { FakeKeychain } from '../../fakes/keychain.js';
import { tempFolder } from '../../support/temp-folder.js';

const TWO_MONTHS_MS = 60 * 86_400_000;

/** What is left of two bundles, long not used, after a start with this catalog. */
async function bundlesAfter(catalog: string): Promise<string[]> {
  const dataDir = await tempFolder();
  const home = join(dataDir, 'bundles');
  const longAgo = new Date(Date.now() - TWO_MONTHS_MS);
  for (const name of ['weather-1', 'weather-2']) {
    await mkdir(join(home, name), { recursive: true });
    await utimes(join(home, name), longAgo, longAgo);
  }
  await mkdir(join(dataDir, 'cache', 'bundles'), { recursive: true });
  await writeFile(join(dataDir, 'catalog.json'), catalog);
  const launchHelper = new FakeKeychain().launch;
  const app = await App.open({
    host: 'browser',
    version: '0',
    dataDir,
    programs: { sampleServer: '', resultJudge: '' },
    launchHelper,
  });
  await app.close();
  // The clean-up is not waited for by the end of the app: give it as many turns as it takes where it is made.
  for (let count = 0; count < 200 && (await readdir(home)).length > 0; count += 1) await turn();
  return readdir(home);
}

it('a catalog that cannot be read costs no bundle that a backup of it still needs', async () => {
  expect(await bundlesAfter('{"servers": []}')).toEqual([]);
  expect(await bundlesAfter('{"servers": [')).toEqual(['weather-1', 'weather-2']);
});
