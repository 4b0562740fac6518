import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Catalog, CatalogLockedError, type CatalogChange } from '../../../src-main/catalog/catalog.js';
import type { AppError } from '../../../src-main/contract/index.js';
import { tempFolder } from '../../support/temp-folder.js';
import { link, remote, server } from './records.js';

async function openCatalog(dataDir?: string): Promise<{ catalog: Catalog; dataDir: string }> {
  const folder = dataDir ?? (await tempFolder());
  const catalog = await Catalog.open({ dataDir: folder });
  onTestFinished(() => catalog.close());
  return { catalog, dataDir: folder };
}

type OnDisk = { servers: { id: string; name: string }[]; settings: { theme: string }; schemaVersion: number };
const onDisk = async (dataDir: string): Promise<OnDisk> =>
  JSON.parse(await readFile(join(dataDir, 'catalog.json'), 'utf8')) as OnDisk;

describe('an edit', () => {
  it('is answered when it is on disk, and is there after the next start', async () => {
    const { catalog, dataDir } = await openCatalog();
    const answer = await catalog.edit((tx) => {
      tx.put('servers', server('a'));
      tx.put('remotes', remote('r'));
      tx.put('links', link('l', 'a', 'r', { base: { name: 'x' } }));
      tx.settings({ ...tx.settings(), theme: 'dark' });
      return tx.servers().length;
    });
    expect(answer).toBe(1);
    expect(await onDisk(dataDir)).toMatchObject({
      schemaVersion: 1,
      servers: [{ id: 'a' }],
      settings: { theme: 'dark' },
    });
    const { salt } = catalog;
    await catalog.close();
    const after = await openCatalog(dataDir);
    expect(after.catalog.server('a')).toEqual(server('a'));
    expect(after.catalog.remote('r')).toEqual(remote('r'));
    expect(after.catalog.link('l')?.base).toEqual({ name: 'x' });
    expect(after.catalog.settings().theme).toBe('dark');
    expect(after.catalog.salt).toBe(salt);
    expect(after.catalog.notices).toEqual([]);
    expect(after.catalog.isWhole).toBe(true);
  });

  it('leaves nothing behind when it throws', async () => {
    const { catalog, dataDir } = await openCatalog();
    const failing = catalog.edit((tx) => {
      tx.put('servers', server('a'));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await catalog.edit((tx) => tx.put('servers', server('b')));
    expect(catalog.servers().map(({ id }) => id)).toEqual(['b']);
    expect((await onDisk(dataDir)).servers).toHaveLength(1);
  });

  it('may not wait for anything', async () => {
    const { catalog } = await openCatalog();
    const waiting = catalog.edit(async (tx) => {
      await Promise.resolve();
      tx.put('servers', server('a'));
    });
    await expect(waiting).rejects.toThrow(/must not wait/);
    expect(catalog.servers()).toEqual([]);
  });

  it('cannot be made with a transaction that is over', async () => {
    const { catalog } = await openCatalog();
    const tx = await catalog.edit((inner) => inner);
    expect(() => tx.put('servers', server('a'))).toThrow(/had ended/);
  });

  it('refuses a record that could not be read back', async () => {
    const { catalog } = await openCatalog();
    await expect(catalog.edit((tx) => tx.put('servers', { ...server('a'), name: '' }))).rejects.toThrow();
    expect(catalog.servers()).toEqual([]);
  });

  it('sees the edits before it, also those on their way; others see only what is on disk', async () => {
    const { catalog } = await openCatalog();
    const first = catalog.edit((tx) => tx.put('servers', server('a')));
    const second = catalog.edit((tx) => {
      expect(tx.server('a')).toBeDefined();
      tx.put('servers', server('b'));
      tx.remove('servers', 'a');
      expect(tx.server('a')).toBeUndefined();
      expect(tx.servers().map(({ id }) => id)).toEqual(['b']);
    });
    expect(catalog.servers()).toEqual([]);
    await Promise.all([first, second]);
    expect(catalog.servers().map(({ id }) => id)).toEqual(['b']);
  });

  it('keeps a hundred edits at once, in their order', async () => {
    const { catalog, dataDir } = await openCatalog();
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => catalog.edit((tx) => tx.put('servers', server(`s${n}`)))),
    );
    expect((await onDisk(dataDir)).servers.map(({ id }) => id)).toEqual(
      Array.from({ length: 100 }, (_, n) => `s${n}`),
    );
  });

  it('shares nothing with what it was made from, and hands out what cannot be changed', async () => {
    const { catalog } = await openCatalog();
    const mine = server('a', { tags: ['x'] });
    await catalog.edit((tx) => tx.put('servers', mine));
    mine.tags.push('y');
    expect(catalog.server('a')?.tags).toEqual(['x']);
    expect(() => catalog.server('a')?.tags.push('y')).toThrow(TypeError);
    expect(() => (catalog.servers() as unknown[]).push(mine)).toThrow(TypeError);
  });

  it('keeps variables that are named like what every object has', async () => {
    const { catalog, dataDir } = await openCatalog();
    const env = JSON.parse('{"constructor":"a","toString":"b"}') as Record<string, string>;
    await catalog.edit((tx) =>
      tx.put('servers', server('a', { transport: { type: 'stdio', command: 'x', args: [], env } })),
    );
    await catalog.close();
    const after = await openCatalog(dataDir);
    expect(after.catalog.server('a')?.transport).toMatchObject({ env });
  });

  it('after the end is refused', async () => {
    const { catalog } = await openCatalog();
    const last = catalog.edit((tx) => tx.put('servers', server('a')));
    const closed = catalog.close();
    await expect(catalog.edit((tx) => tx.put('servers', server('b')))).rejects.toMatchObject({ code: 'io' });
    await last;
    await closed;
  });
});

describe('onChanged', () => {
  it('tells exactly what changed, once it is on disk', async () => {
    const { catalog } = await openCatalog();
    await catalog.edit((tx) => {
      tx.put('servers', server('a'));
      tx.put('servers', server('b'));
      tx.put('remotes', remote('r'));
      tx.put('links', link('l', 'a', 'r'));
    });
    const changes: CatalogChange[] = [];
    const stop = catalog.onChanged((change) => {
      expect(catalog.server('a')?.revision).toBe(2);
      changes.push(change);
    });
    await catalog.edit((tx) => {
      tx.put('servers', server('a', { revision: 2 }));
      tx.remove('links', 'l');
      tx.remove('links', 'not there');
      tx.put('servers', server('never'));
      tx.remove('servers', 'never');
    });
    expect(changes).toEqual([{ servers: [server('a', { revision: 2 })], removed: { links: ['l'] } }]);
    stop();
    await catalog.edit((tx) => tx.remove('servers', 'a'));
    expect(changes).toHaveLength(1);
  });

  it('says nothing of an edit that changed nothing', async () => {
    const { catalog } = await openCatalog();
    const changes: CatalogChange[] = [];
    catalog.onChanged((change) => changes.push(change));
    expect(await catalog.edit((tx) => tx.servers().length)).toBe(0);
    expect(changes).toEqual([]);
  });
});

describe('a disk that refuses', () => {
  it('leaves the old state, tells each waiter why, and takes edits again when it can', async () => {
    const { catalog, dataDir } = await openCatalog();
    await catalog.edit((tx) => tx.put('servers', server('a')));
    const changes: CatalogChange[] = [];
    catalog.onChanged((change) => changes.push(change));
    const away = `${dataDir}-away`;
    await rename(dataDir, away);
    const put = (id: string): Promise<void> => catalog.edit((tx) => tx.put('servers', server(id)));
    const edits = [put('b'), put('c')];
    // While the first two are being written: this one waits for the next write, and falls with them.
    await new Promise(setImmediate);
    edits.push(put('d'));
    for (const edit of edits) {
      const error = await edit.then(
        () => expect.fail('It should have failed'),
        (reason: AppError) => reason,
      );
      expect(error).toMatchObject({ code: 'io' });
      expect(error.message).toContain(join(dataDir, 'catalog.json'));
      expect(error.message).toMatch(/folder is gone \(ENOENT\).*Nothing was changed/);
      expect(error.hint).toMatch(/Put the folder back/);
    }
    expect(catalog.servers().map(({ id }) => id)).toEqual(['a']);
    expect(changes).toEqual([]);
    await rename(away, dataDir);
    await put('e');
    expect((await onDisk(dataDir)).servers.map(({ id }) => id)).toEqual(['a', 'e']);
  });

  it('is the reason of an edit that was refused for another one, which never got there', async () => {
    const { catalog, dataDir } = await openCatalog();
    const away = `${dataDir}-away`;
    await rename(dataDir, away);
    const first = catalog.edit((tx) => tx.put('servers', server('a')));
    const second = catalog.edit((tx) => {
      if (tx.server('a')) throw new Error('somebody else was quicker');
    });
    await expect(first).rejects.toMatchObject({ code: 'io' });
    await expect(second).rejects.toMatchObject({ code: 'io' });
    await rename(away, dataDir);
    const third = catalog.edit((tx) => tx.put('servers', server('a')));
    const fourth = catalog.edit((tx) => {
      if (tx.server('a')) throw new Error('somebody else was quicker');
    });
    await third;
    await expect(fourth).rejects.toThrow('somebody else was quicker');
  });

  it('at the start names the folder and what helps', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'file'), '');
    const opened = Catalog.open({ dataDir: join(folder, 'file') });
    await expect(opened).rejects.toMatchObject({
      code: 'io',
      hint: expect.stringMatching(/--data-dir/) as string,
    });
    await expect(opened).rejects.toThrow(/cannot be used because/);
  });
});

describe('the folder', () => {
  it('is made for the person alone, and so are the files in it', async () => {
    const dataDir = join(await tempFolder(), 'new', 'folder');
    const { catalog } = await openCatalog(dataDir);
    await catalog.edit((tx) => tx.put('servers', server('a')));
    const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modeOf(dataDir)).toBe('700');
    expect(await modeOf(join(dataDir, 'backups'))).toBe('700');
    for (const name of ['catalog.json', 'history.jsonl', 'jackfield.lock'])
      expect(await modeOf(join(dataDir, name)), name).toBe('600');
  });

  it('belongs to one at a time', async () => {
    const { catalog, dataDir } = await openCatalog();
    const second = await Catalog.open({ dataDir }).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(CatalogLockedError);
    expect((second as CatalogLockedError).pid).toBe(process.pid);
    await catalog.close();
    await openCatalog(dataDir);
  });

  it('is taken over from an owner that is dead, whose pid is another process now, or whose lock is torn', async () => {
    const dataDir = await tempFolder();
    const { hostname } = await import('node:os');
    const owners = [
      { pid: 2 ** 22 + 1, startTime: 'x:1', host: hostname(), nonce: 'dead' },
      { pid: process.pid, startTime: 'another boot:1', host: hostname(), nonce: 'reused' },
    ];
    for (const text of [...owners.map((owner) => JSON.stringify(owner)), '{"pid":', '']) {
      await writeFile(join(dataDir, 'jackfield.lock'), text);
      const { catalog } = await openCatalog(dataDir);
      await catalog.close();
    }
    expect((await readdir(dataDir)).filter((name) => name.startsWith('jackfield.lock'))).toEqual([]);
  });

  it('is not taken from an owner on another computer that still shows signs of life', async () => {
    const dataDir = await tempFolder();
    const path = join(dataDir, 'jackfield.lock');
    await writeFile(path, JSON.stringify({ pid: 1, startTime: 'x', host: 'elsewhere', nonce: 'n' }));
    await expect(Catalog.open({ dataDir })).rejects.toThrow(CatalogLockedError);
    const { utimes } = await import('node:fs/promises');
    const longAgo = new Date(Date.now() - 120_000);
    await utimes(path, longAgo, longAgo);
    await openCatalog(dataDir);
  });

  it('that another computer took over while this one was asleep is written to no more', async () => {
    const { catalog, dataDir } = await openCatalog();
    const path = join(dataDir, 'jackfield.lock');
    await catalog.edit((tx) => tx.put('servers', server('a')));
    const own = await readFile(path);
    const put = (id: string): Promise<void> => catalog.edit((tx) => tx.put('servers', server(id)));
    await writeFile(path, JSON.stringify({ pid: 1, startTime: 'x', host: 'elsewhere', nonce: 'n' }));
    await expect(put('b')).rejects.toMatchObject({ code: 'io' });
    await expect(put('b')).rejects.toThrow(/taken over .*asleep.*Nothing was changed/);
    // Also when the other one has ended: what it has saved is not known here.
    await rm(path);
    await expect(put('b')).rejects.toThrow(/taken over/);
    await writeFile(path, own);
    await expect(put('b')).rejects.toThrow(/taken over/);
    expect((await onDisk(dataDir)).servers.map(({ id }) => id)).toEqual(['a']);
  });

  it('goes to exactly one of many that find a dead owner at once', async () => {
    const dataDir = await tempFolder();
    for (let round = 0; round < 10; round += 1) {
      await writeFile(join(dataDir, 'jackfield.lock'), '{"pid":');
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => Catalog.open({ dataDir })));
      const won = tries.filter((one) => one.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const lost of tries.filter((one) => one.status === 'rejected'))
        expect(lost.reason).toBeInstanceOf(CatalogLockedError);
      await won[0]?.value.close();
    }
  });

  it('is cleared of what a write cut off by a crash left', async () => {
    const dataDir = await tempFolder();
    await writeFile(join(dataDir, 'catalog.json.0123456789ab.tmp'), '{"torn');
    await writeFile(join(dataDir, 'catalog.json.bak'), 'mine');
    await mkdir(join(dataDir, 'logs'));
    await openCatalog(dataDir);
    const names = await readdir(dataDir);
    expect(names).not.toContain('catalog.json.0123456789ab.tmp');
    expect(names).toContain('catalog.json.bak');
  });
});
