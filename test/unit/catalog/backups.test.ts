import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keptOf } from '../../../src-main/catalog/backups.js';
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
