import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { whyStale } from '../../../build/lib/node-modules.mjs';
import { tempFolder } from '../../support/temp-folder.js';

type Packages = Record<string, { version?: string; optional?: true; peer?: true }>;
const WANTED: Packages = {
  '': {},
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a/node_modules/@b/c': { version: '2.0.0' },
  'node_modules/other-platform': { version: '3.0.0', optional: true },
};

describe('whether node_modules is what the lock file asks for', () => {
  let root: string;
  const write = (file: string, packages: Packages): Promise<void> =>
    writeFile(join(root, file), JSON.stringify({ packages }));
  const install = (packages: Packages): Promise<void> => write('node_modules/.package-lock.json', packages);

  beforeEach(async () => {
    root = await tempFolder();
    await mkdir(join(root, 'node_modules'));
    await write('package-lock.json', WANTED);
  });

  it('is so after a whole install, without the packages of other platforms', async () => {
    const { 'node_modules/other-platform': _other, ...installed } = WANTED;
    await install(installed);
    expect(whyStale(root)).toBeUndefined();
  });

  it('is not so before an install, nor after one that was cut off', async () => {
    expect(whyStale(root)).toContain('not whole');
    await rm(join(root, 'node_modules'), { recursive: true });
    expect(whyStale(root)).toContain('missing');
  });

  it('names the package that is missing or another version', async () => {
    await install({ 'node_modules/a': { version: '1.0.0' } });
    expect(whyStale(root)).toBe('@b/c is not installed');
    await install({ ...WANTED, 'node_modules/a': { version: '0.9.0' } });
    expect(whyStale(root)).toBe('a is 0.9.0 and should be 1.0.0');
  });
});
