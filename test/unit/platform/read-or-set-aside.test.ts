import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOrSetAside } from '../../../src-main/platform/set-aside.js';
import { tempFolder } from '../../support/temp-folder.js';

const read = (folder: string): Promise<unknown> =>
  readOrSetAside(join(folder, 'own.json'), join(folder, 'backups'), (text) => JSON.parse(text) as unknown);

describe('a small file of ours', () => {
  it('is read, and missed where it is not there', async () => {
    const folder = await tempFolder();
    expect(await read(folder)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'own.json'), '{"a":1}');
    expect(await read(folder)).toEqual({ a: 1 });
  });

  it('is cleared of what a write cut off by a crash has left', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'own.json'), '{"a":1}');
    await writeFile(join(folder, 'own.json.0123456789ab.tmp'), '{"a":');
    await writeFile(join(folder, 'other.json.0123456789ab.tmp'), '{}');
    expect(await read(folder)).toEqual({ a: 1 });
    expect((await readdir(folder)).sort()).toEqual(['other.json.0123456789ab.tmp', 'own.json']);
  });

  it('is out of the way of the next write where it cannot be read, whatever it is', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'own.json'), '{"a":');
    expect(await read(folder)).toBeUndefined();
    const [aside = ''] = await readdir(join(folder, 'backups'));
    expect(await readFile(join(folder, 'backups', aside), 'utf8')).toBe('{"a":');
    await rm(join(folder, 'backups'), { recursive: true });

    await mkdir(join(folder, 'own.json', 'inside'), { recursive: true });
    expect(await read(folder)).toBeUndefined();
    const [other = ''] = await readdir(join(folder, 'backups'));
    expect(await readdir(join(folder, 'backups', other))).toEqual(['inside']);
  });
});
