import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Catalog } from '../../../src-main/catalog/catalog.js';
import { tempFolder } from '../../support/temp-folder.js';
import { server } from './records.js';

const fixture = (name: string): Promise<Buffer> =>
  readFile(fileURLToPath(new URL(`../../fixtures/catalog/${name}`, import.meta.url)));

async function openOn(
  content: string | Buffer,
  dataDir?: string,
): Promise<{ catalog: Catalog; dataDir: string; setAside(): Promise<Map<string, Buffer>> }> {
  const folder = dataDir ?? (await tempFolder());
  await writeFile(join(folder, 'catalog.json'), content);
  const catalog = await Catalog.open({ dataDir: folder });
  onTestFinished(() => catalog.close());
  return { catalog, dataDir: folder, setAside: () => contentsOf(join(folder, 'backups')) };
}

async function contentsOf(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(folder).catch(() => []);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

const whole = JSON.stringify({
  schemaVersion: 1,
  servers: [server('a'), server('b')],
  remotes: [],
  links: [],
  settings: {},
});

describe('a catalog that cannot be read', () => {
  it.each([
    ['empty', '', /empty/],
    ['torn', whole.slice(0, -40), /not whole/],
    ['garbage', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x01]), /not JSON/],
    ['all zeros, as after a power cut', Buffer.alloc(4_096), /not JSON/],
    ['an array', '[1]', /not a catalog/],
    ['null', 'null', /not a catalog/],
    ['another program’s', '{"mcpServers":{}}', /not a catalog/],
    ['of a strange version', '{"schemaVersion":"one","servers":[]}', /version is not a number/],
  ])('(%s) is set aside as it was, and the person is told', async (_, content, reason) => {
    const { catalog, dataDir, setAside } = await openOn(content);
    expect(catalog.servers()).toEqual([]);
    expect(catalog.isWhole).toBe(false);
    const files = [...(await setAside())];
    expect(files).toHaveLength(1);
    const [name, bytes] = files[0] as [string, Buffer];
    expect(name).toMatch(/^catalog-unreadable-\d{4}-\d\d-\d\dT.*\.json$/);
    expect(bytes.equals(Buffer.from(content as string))).toBe(true);
    // It was written here as an editor writes it, for everybody to read.
    expect((await stat(join(dataDir, 'backups', name))).mode & 0o777).toBe(0o600);
    expect(catalog.notices).toHaveLength(1);
    expect(catalog.notices[0]).toMatchObject({ severity: 'error' });
    expect(catalog.notices[0]?.detail).toMatch(reason);
    expect(catalog.notices[0]?.detail).toContain(name);
  });

  it('stays as it is until the first edit, and is set aside once only', async () => {
    const first = await openOn('{"torn');
    await first.catalog.close();
    expect(await readFile(join(first.dataDir, 'catalog.json'), 'utf8')).toBe('{"torn');
    const again = await Catalog.open({ dataDir: first.dataDir });
    onTestFinished(() => again.close());
    expect((await first.setAside()).size).toBe(1);
    await again.edit((tx) => tx.put('servers', server('a')));
    const kept = [...(await first.setAside()).values()].map(String);
    expect(kept).toContain('{"torn');
    await again.close();
    const after = await Catalog.open({ dataDir: first.dataDir });
    onTestFinished(() => after.close());
    expect(after.servers()).toHaveLength(1);
    expect(after.notices).toEqual([]);
  });

  it('of a later Jackfield is not touched, and said to be one', async () => {
    const content = JSON.stringify({ schemaVersion: 99, servers: [], future: true });
    const { catalog, dataDir, setAside } = await openOn(content);
    expect(catalog.notices[0]?.title).toMatch(/later Jackfield/);
    expect(catalog.notices[0]?.detail).toMatch(/schema 99; this one knows 1/);
    expect([...(await setAside()).keys()][0]).toMatch(/^catalog-newer-/);
    expect(await readFile(join(dataDir, 'catalog.json'), 'utf8')).toBe(content);
  });

  it('that is a folder is moved away', async () => {
    const dataDir = await tempFolder();
    await mkdir(join(dataDir, 'catalog.json'));
    await writeFile(join(dataDir, 'catalog.json', 'inside'), 'x');
    const catalog = await Catalog.open({ dataDir });
    onTestFinished(() => catalog.close());
    await catalog.edit((tx) => tx.put('servers', server('a')));
    const [moved] = await readdir(join(dataDir, 'backups'));
    expect(await readFile(join(dataDir, 'backups', moved as string, 'inside'), 'utf8')).toBe('x');
  });

  it('that cannot be set aside is never written over', async () => {
    const dataDir = await tempFolder();
    await writeFile(join(dataDir, 'catalog.json'), '{"torn');
    await writeFile(join(dataDir, 'backups'), 'a file where the folder should be');
    const catalog = await Catalog.open({ dataDir });
    onTestFinished(() => catalog.close());
    const edit = catalog.edit((tx) => tx.put('servers', server('a')));
    await expect(edit).rejects.toMatchObject({ code: 'io' });
    await expect(edit).rejects.toThrow(/could not be set aside/);
    expect(catalog.notices[0]?.detail).toMatch(/could not be set aside/);
    expect(await readFile(join(dataDir, 'catalog.json'), 'utf8')).toBe('{"torn');
  });

  it('is told of together with the newest good backup', async () => {
    const { catalog, dataDir } = await openOn(whole);
    await catalog.edit((tx) => tx.put('servers', server('c')));
    await catalog.edit((tx) => tx.put('servers', server('d')));
    await catalog.close();
    const after = await openOn('', dataDir);
    const [newest] = await after.catalog.backups();
    expect(after.catalog.notices[0]?.detail).toContain(newest?.path);
    expect(after.catalog.notices[0]?.detail).toMatch(/with 3 servers/);
    const restored = await after.catalog.restore(await after.catalog.backup(newest?.name as string));
    expect(restored).toHaveLength(3);
    expect(after.catalog.servers().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('that is gone although there are backups is missed', async () => {
    const { catalog, dataDir } = await openOn(whole);
    await catalog.edit((tx) => tx.put('servers', server('c')));
    await catalog.close();
    const { rm } = await import('node:fs/promises');
    await rm(join(dataDir, 'catalog.json'));
    const after = await Catalog.open({ dataDir });
    onTestFinished(() => after.close());
    expect(after.notices[0]?.title).toMatch(/gone/);
    expect(after.isWhole).toBe(false);
  });
});

describe('a catalog that can be read in part', () => {
  it('keeps what is right, leaves out what is not, and sets the whole file aside', async () => {
    const content = JSON.stringify({
      schemaVersion: 1,
      servers: [server('a'), { ...server('bad'), name: '' }, server('a', { name: 'twice' }), 7],
      remotes: 'none',
      links: [{ id: 'l', serverId: 'a', remoteId: 'gone', remoteName: 'x', state: 'unknown' }],
      settings: { theme: 'dark', logLimitMb: -1 },
      more: {},
    });
    const { catalog, setAside } = await openOn(content);
    expect(catalog.servers().map(({ id }) => id)).toEqual(['a']);
    expect(catalog.links()).toEqual([]);
    expect(catalog.settings()).toMatchObject({ theme: 'dark', logLimitMb: 10 });
    expect(catalog.isWhole).toBe(false);
    const [name, bytes] = [...(await setAside())][0] as [string, Buffer];
    expect(name).toMatch(/^catalog-partly-read-/);
    expect(bytes.toString()).toBe(content);
    expect(catalog.notices[0]).toMatchObject({ severity: 'warning' });
    expect(catalog.notices[0]?.detail).toMatch(/servers\.1\.name must not be empty/);
    expect(catalog.notices[0]?.detail).toMatch(/and 2 more/);
  });
});

describe('a catalog somebody else wrote', () => {
  it.each([
    ['with a byte order mark', `\ufeff${whole}`],
    ['in another layout', JSON.stringify(JSON.parse(whole), null, 2)],
    ['without a salt', whole],
    ['without the empty lists', JSON.stringify({ schemaVersion: 1, servers: [server('a'), server('b')] })],
  ])('%s is read in full', async (_, content) => {
    const { catalog } = await openOn(content);
    expect(catalog.servers().map(({ id }) => id)).toEqual(['a', 'b']);
    expect(catalog.notices).toEqual([]);
    expect(catalog.salt.length).toBeGreaterThanOrEqual(16);
  });

  it('without a salt is given one that stays', async () => {
    const { catalog, dataDir } = await openOn(whole);
    const { salt } = catalog;
    await catalog.close();
    const after = await Catalog.open({ dataDir });
    onTestFinished(() => after.close());
    expect(after.salt).toBe(salt);
  });
});

describe('a catalog of an earlier version', () => {
  it('0 is brought up to date, written back, and kept as it was', async () => {
    const content = await fixture('version-0.json');
    const { catalog, dataDir, setAside } = await openOn(content);
    expect(catalog.servers().map(({ id, revision }) => [id, revision])).toEqual([
      ['files', 1],
      ['search', 7],
    ]);
    expect(catalog.server('files')?.transport).toMatchObject({
      env: { TOKEN: { secret: 'sec-6f1c9d52-8a53-4d5e-9a3f-0b6f2d1e4c77' } },
    });
    expect(catalog.remote('letta')?.revision).toBe(1);
    expect(catalog.link('cord')?.state).toBe('in_sync');
    expect(catalog.settings().theme).toBe('dark');
    expect(catalog.isWhole).toBe(true);
    expect(catalog.notices[0]).toMatchObject({ severity: 'info' });
    const kept = [...(await setAside()).values()];
    expect(kept.some((bytes) => bytes.equals(content))).toBe(true);
    const written = JSON.parse(await readFile(join(dataDir, 'catalog.json'), 'utf8')) as object;
    expect(written).toMatchObject({ schemaVersion: 1, salt: catalog.salt });
    await catalog.close();
    const after = await Catalog.open({ dataDir });
    onTestFinished(() => after.close());
    expect(after.notices).toEqual([]);
    expect(after.servers()).toEqual(catalog.servers());
  });

  it('1 is read as it is and written back unchanged in meaning', async () => {
    const content = await fixture('version-1.json');
    const { catalog, dataDir } = await openOn(content);
    expect(catalog.notices).toEqual([]);
    expect(catalog.settings().logLimitMb).toBe(25);
    await catalog.edit((tx) => tx.settings({ ...tx.settings(), logLimitMb: 26 }));
    const [before, after] = [content.toString(), await readFile(join(dataDir, 'catalog.json'), 'utf8')].map(
      (text) => JSON.parse(text) as { settings: unknown },
    );
    expect({ ...after, settings: 0 }).toEqual({ ...before, settings: 0 });
  });
});

describe('set-aside files', () => {
  it('of the same time but other bytes both stay', async () => {
    const dataDir = await tempFolder();
    const time = new Date('2026-01-02T03:04:05.678Z');
    for (const content of ['{"one', '{"two']) {
      await writeFile(join(dataDir, 'catalog.json'), content);
      await utimes(join(dataDir, 'catalog.json'), time, time);
      const catalog = await Catalog.open({ dataDir });
      await catalog.close();
    }
    expect(
      [...(await contentsOf(join(dataDir, 'backups')))].map(([name, bytes]) => [name, String(bytes)]),
    ).toEqual([
      ['catalog-unreadable-2026-01-02T03-04-05.678Z-2.json', '{"two'],
      ['catalog-unreadable-2026-01-02T03-04-05.678Z.json', '{"one'],
    ]);
  });
});
