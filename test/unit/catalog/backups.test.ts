import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inOrder, keptOf } from '../../../src-main/catalog/backups.js';
import { Catalog } from '../../../src-main/catalog/catalog.js';
import { tempFolder } from '../../support/temp-folder.js';
import { link, remote, server } from './records.js';

async function openCatalog(): Promise<{ catalog: Catalog; dataDir: string }> {
  const dataDir = await tempFolder();
  const catalog = await Catalog.open({ dataDir });
  onTestFinished(() => catalog.close());
  return { catalog, dataDir };
}

const nameOf = (time: Date): string => `catalog-${time.toISOString().replaceAll(':', '-')}.json`;

describe('backups', () => {
  it('hold each earlier state, the last twenty', async () => {
    const { catalog, dataDir } = await openCatalog();
    for (let n = 1; n <= 25; n += 1)
      await catalog.edit((tx) => tx.put('servers', server('a', { revision: n })));
    const backups = await catalog.backups();
    expect(backups).toHaveLength(20);
    expect((await readdir(join(dataDir, 'backups'))).sort()).toEqual(backups.map(({ name }) => name).sort());
    const newest = await catalog.backup(backups[0]?.name as string);
    expect(newest.servers[0]?.revision).toBe(24);
    await expect(catalog.backup('../catalog.json')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are not used up by links that change their state', async () => {
    const { catalog } = await openCatalog();
    await catalog.edit((tx) => {
      tx.put('servers', server('a'));
      tx.put('remotes', remote('r'));
      tx.put('links', link('l', 'a', 'r'));
    });
    const before = (await catalog.backups()).length;
    for (const state of ['queued', 'failed', 'in_sync'] as const)
      await catalog.edit((tx) => tx.put('links', link('l', 'a', 'r', { state })));
    expect(await catalog.backups()).toHaveLength(before);
  });

  it('are kept one a day for thirty days, beside the last twenty', () => {
    const now = new Date('2026-11-21T12:00:00.000Z');
    const ago = (days: number, hour: number): string => nameOf(new Date(Date.UTC(2026, 10, 21 - days, hour)));
    const names = Array.from({ length: 60 }, (_, day) => [ago(day, 8), ago(day, 9)])
      .flat()
      .sort();
    const today = Array.from({ length: 20 }, (_, n) => nameOf(new Date(now.getTime() - 1_000 * (20 - n))));
    const kept = keptOf([...names, ...today], now);
    for (const name of today) expect(kept).toContain(name);
    expect(kept).toContain(ago(1, 9));
    expect(kept).not.toContain(ago(1, 8));
    expect(kept).toContain(ago(29, 9));
    expect(kept).not.toContain(ago(31, 9));
    expect(kept.size).toBe(20 + 29);
  });

  it('from before the clock was set back are older than those from after it', async () => {
    const { catalog, dataDir } = await openCatalog();
    const path = join(dataDir, 'catalog.json');
    const folder = join(dataDir, 'backups');
    const inTenYears = Date.now() + 3_650 * 86_400_000;
    for (let n = 0; n < 20; n += 1) await copyFile(path, join(folder, nameOf(new Date(inTenYears + n))));
    await catalog.close();
    const between = await Catalog.open({ dataDir });
    await between.edit((tx) => tx.put('servers', server('a')));
    await between.edit((tx) => tx.put('servers', server('b')));
    await between.close();
    const after = await Catalog.open({ dataDir });
    onTestFinished(() => after.close());
    const [newest] = await after.backups();
    expect((await after.backup(newest?.name as string)).servers.map(({ id }) => id)).toEqual(['a']);
    for (const at of (await after.backups()).slice(0, 2).map((one) => Date.parse(one.at)))
      expect(at).toBeLessThanOrEqual(Date.now());
  });

  it('of one moment are in the order they were made in', () => {
    const stem = nameOf(new Date(0)).replace('.json', '');
    const made = ['', '-2', '-9', '-10', '-11'].map((count) => `${stem}${count}.json`);
    expect(inOrder([...made].sort(), new Date())).toEqual(made);
  });

  it('are made again after somebody has cleared the folder away, but no data folder is made anew', async () => {
    const { catalog, dataDir } = await openCatalog();
    await catalog.edit((tx) => tx.put('servers', server('a')));
    await rm(join(dataDir, 'backups'), { recursive: true });
    await catalog.edit((tx) => tx.put('servers', server('b')));
    expect(await readdir(join(dataDir, 'backups'))).toHaveLength(1);
    await rename(dataDir, `${dataDir}-away`);
    await expect(catalog.edit((tx) => tx.put('servers', server('c')))).rejects.toMatchObject({ code: 'io' });
    await rename(`${dataDir}-away`, dataDir);
  });

  it('do not write over what was edited since somebody looked', async () => {
    const { catalog } = await openCatalog();
    await catalog.edit((tx) => tx.put('servers', server('a')));
    await catalog.edit((tx) => tx.put('servers', server('a', { revision: 2, description: 'two' })));
    const [newest] = await catalog.backups();
    const file = await catalog.backup(newest?.name as string);
    const seen = catalog.servers();
    const third = server('a', { revision: 3, description: 'three' });
    const edit = catalog.edit((tx) => tx.put('servers', third));
    await expect(catalog.restore(file, seen)).rejects.toMatchObject({ code: 'revision_conflict' });
    await edit;
    expect(catalog.server('a')?.revision).toBe(3);
    await catalog.restore(file, catalog.servers());
    expect(catalog.server('a')?.revision).toBe(4);
  });

  it('bring back what was lost, keep what came since, and never give a name or revision twice', async () => {
    const { catalog } = await openCatalog();
    await catalog.edit((tx) => {
      tx.put('servers', server('a', { name: 'one' }));
      tx.put('servers', server('b', { name: 'two' }));
      tx.put('remotes', remote('r'));
      tx.put('links', link('l', 'a', 'r'));
    });
    await catalog.edit((tx) =>
      tx.put('servers', server('b', { name: 'two', revision: 2, description: 'new' })),
    );
    await catalog.edit((tx) => {
      tx.remove('servers', 'a');
      tx.remove('links', 'l');
    });
    await catalog.edit((tx) => tx.put('servers', server('c', { name: 'ONE' })));
    const [, , third] = await catalog.backups();
    const restored = await catalog.restore(await catalog.backup(third?.name as string));
    expect(restored).toHaveLength(3);
    expect(restored.flatMap(({ before }) => before ?? [])).toEqual([
      server('b', { name: 'two', revision: 2, description: 'new' }),
    ]);
    expect(catalog.servers().map(({ id, name, revision }) => [id, name, revision])).toEqual([
      ['b', 'two', 3],
      ['c', 'ONE', 1],
      ['a', 'one (restored)', 2],
    ]);
    expect(catalog.link('l')).toBeDefined();
  });
});
