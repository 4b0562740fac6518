import { appendFile, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Catalog } from '../../../src-main/catalog/catalog.js';
import { lineOf } from '../../../src-main/catalog/history.js';
import { cpuMs } from '../../support/cpu-time.js';
import { tempFolder } from '../../support/temp-folder.js';
import { link, remote, server } from './records.js';

async function openCatalog(dataDir: string): Promise<Catalog> {
  const catalog = await Catalog.open({ dataDir });
  onTestFinished(() => catalog.close());
  return catalog;
}

const linesOf = async (dataDir: string): Promise<{ kind: string; id: string; removed?: true }[]> =>
  (await readFile(join(dataDir, 'history.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; id: string });

describe('the history', () => {
  it('holds every revision, newest first, and outlives a removal and a restart', async () => {
    const dataDir = await tempFolder();
    const catalog = await openCatalog(dataDir);
    for (const revision of [1, 2, 3])
      await catalog.edit((tx) => tx.put('servers', server('a', { revision, name: `name ${revision}` })));
    await catalog.edit((tx) => tx.remove('servers', 'a'));
    for (const open of [catalog, await catalog.close().then(() => openCatalog(dataDir))]) {
      const revisions = await open.history('server', 'a');
      expect(revisions.map(({ revision }) => revision)).toEqual([3, 2, 1]);
      expect(revisions[0]?.record).toEqual(server('a', { revision: 3, name: 'name 3' }));
      expect(Date.parse(revisions[0]?.at as string)).toBeGreaterThan(Date.now() - 60_000);
      expect(open.removed('server').map(({ id }) => id)).toEqual(['a']);
      expect(await open.history('server', 'nobody')).toEqual([]);
    }
  });

  it('holds each of several edits that shared one write', async () => {
    const catalog = await openCatalog(await tempFolder());
    await Promise.all(
      [1, 2, 3].map((revision) => catalog.edit((tx) => tx.put('servers', server('a', { revision })))),
    );
    expect((await catalog.history('server', 'a')).map(({ revision }) => revision)).toEqual([3, 2, 1]);
  });

  it('tells of links only what a person did, counts their revisions, and leaves out hashes', async () => {
    const dataDir = await tempFolder();
    const catalog = await openCatalog(dataDir);
    await catalog.edit((tx) => {
      tx.put('servers', server('a'));
      tx.put('remotes', remote('r'));
      tx.put('links', link('l', 'a', 'r', { base: { token: 'salted hash' } }));
    });
    for (const state of ['queued', 'failed', 'in_sync'] as const)
      await catalog.edit((tx) => tx.put('links', link('l', 'a', 'r', { state })));
    await catalog.edit((tx) => tx.put('links', link('l', 'a', 'r', { remoteEntryId: '7' })));
    await catalog.edit((tx) => tx.remove('links', 'l'));
    expect((await catalog.history('link', 'l')).map(({ revision }) => revision)).toEqual([2, 1]);
    expect((await linesOf(dataDir)).map(({ kind, removed }) => [kind, removed ?? false])).toEqual([
      ['server', false],
      ['remote', false],
      ['link', false],
      ['link', false],
      ['link', true],
    ]);
    expect(await readFile(join(dataDir, 'history.jsonl'), 'utf8')).not.toContain('salted hash');
  });

  it('goes on after a line that a crash tore, and passes over damaged ones', async () => {
    const dataDir = await tempFolder();
    const path = join(dataDir, 'history.jsonl');
    const catalog = await openCatalog(dataDir);
    await catalog.edit((tx) => tx.put('servers', server('a')));
    await catalog.edit((tx) => tx.put('servers', server('a', { revision: 2 })));
    await catalog.close();
    await truncate(path, (await stat(path)).size - 30);
    const second = await openCatalog(dataDir);
    await second.edit((tx) => tx.put('servers', server('a', { revision: 3 })));
    await second.close();
    await appendFile(
      path,
      'not a line of ours\n{"kind":"server","id":"a","revision":9,"at":"x","record":{torn}\n\n',
    );
    const third = await openCatalog(dataDir);
    // What the crash tore off is known from the catalog, and was written again.
    expect((await third.history('server', 'a')).map(({ revision }) => revision)).toEqual([3, 2, 1]);
  });

  it('catches up with a catalog that a crash left ahead of it', async () => {
    const dataDir = await tempFolder();
    const catalog = await openCatalog(dataDir);
    await catalog.edit((tx) => {
      tx.put('servers', server('a', { revision: 5 }));
      tx.put('servers', server('b'));
    });
    const before = await readFile(join(dataDir, 'history.jsonl'));
    await catalog.edit((tx) => {
      tx.put('servers', server('a', { revision: 6 }));
      tx.remove('servers', 'b');
    });
    await catalog.close();
    await writeFile(join(dataDir, 'history.jsonl'), before);
    const after = await openCatalog(dataDir);
    expect((await after.history('server', 'a')).map(({ revision }) => revision)).toEqual([6, 5]);
    expect(after.removed('server').map(({ id }) => id)).toEqual(['b']);
  });

  it('that cannot be read is set aside, and the person is told', async () => {
    const dataDir = await tempFolder();
    await mkdir(join(dataDir, 'history.jsonl'));
    const catalog = await openCatalog(dataDir);
    expect(catalog.notices.map(({ title }) => title)).toEqual(['The history could not be read in full']);
    await catalog.edit((tx) => tx.put('servers', server('a')));
    expect(await catalog.history('server', 'a')).toHaveLength(1);
  });

  it('that somebody removes, or puts another in the place of, meanwhile is gone on with', async () => {
    const dataDir = await tempFolder();
    const path = join(dataDir, 'history.jsonl');
    const catalog = await openCatalog(dataDir);
    const put = (revision: number): Promise<void> =>
      catalog.edit((tx) => tx.put('servers', server('a', { revision })));
    const revisions = async (): Promise<number[]> =>
      (await catalog.history('server', 'a')).map(({ revision }) => revision);
    await put(1);
    const copy = await readFile(path);
    await rm(path);
    expect(await revisions()).toEqual([]);
    await put(2);
    expect((await linesOf(dataDir)).map(({ id }) => id)).toEqual(['a']);
    expect(await revisions()).toEqual([2]);
    await rm(path);
    await writeFile(path, copy.subarray(0, -1));
    await put(3);
    expect(await revisions()).toEqual([3, 1]);
    expect(await linesOf(dataDir)).toHaveLength(2);
  });

  it('of 10,000 lines is opened and asked at once', async () => {
    const dataDir = await tempFolder();
    const lines = Array.from({ length: 10_000 }, (_, n) =>
      lineOf({
        kind: 'server',
        id: `s${n % 50}`,
        revision: Math.floor(n / 50) + 1,
        at: '2026-11-21T10:00:00.000Z',
        record: server(`s${n % 50}`),
      }),
    );
    await writeFile(join(dataDir, 'history.jsonl'), `${lines.join('\n')}\n`);
    const spent = await cpuMs(async () => {
      const catalog = await openCatalog(dataDir);
      expect(await catalog.history('server', 's7')).toHaveLength(200);
    });
    expect(spent).toBeLessThan(1_000);
  });

  it('is compacted when it is large: the last revisions of each stay, long removed ones go', async () => {
    const dataDir = await tempFolder();
    const at = '2020-01-01T00:00:00.000Z';
    const record = server('a', { description: 'x'.repeat(9_000) });
    const of = (id: string, revision: number) =>
      lineOf({ kind: 'server', id, revision, at, record: { ...record, id } });
    const lines = [
      of('long-gone', 1),
      lineOf({ kind: 'server', id: 'long-gone', revision: 1, at, record: undefined }),
      ...Array.from({ length: 2_000 }, (_, n) => of('a', n + 1)),
      'somebody else wrote this',
    ];
    await writeFile(join(dataDir, 'history.jsonl'), `${lines.join('\n')}\n`);
    await writeFile(
      join(dataDir, 'catalog.json'),
      JSON.stringify({ schemaVersion: 1, servers: [{ ...record, revision: 2_000 }] }),
    );
    const catalog = await openCatalog(dataDir);
    const revisions = await catalog.history('server', 'a');
    expect(revisions).toHaveLength(50);
    expect(revisions[0]?.revision).toBe(2_000);
    expect(await catalog.history('server', 'long-gone')).toEqual([]);
    expect((await stat(join(dataDir, 'history.jsonl'))).size).toBeLessThan(1_000_000);
    const { readdir } = await import('node:fs/promises');
    const kept = await readdir(join(dataDir, 'backups'));
    expect(kept.some((name) => name.startsWith('history-before-compaction'))).toBe(true);
  });
});
