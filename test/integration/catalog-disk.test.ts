import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Catalog } from '../../src-main/catalog/catalog.js';
import { lineOf } from '../../src-main/catalog/history.js';
import { serverSchema, type AppError, type Server } from '../../src-main/contract/index.js';
import { Bundles } from '../../src-main/interchange/bundle/bundles.js';
import { Vault } from '../../src-main/vault/vault.js';
import { FakeKeychain } from '../fakes/keychain.js';
import { zip } from '../support/zip.js';

// Real disks that refuse: they take root and Linux to make, and are passed over elsewhere.

function server(id: string, description = ''): Server {
  return serverSchema.parse({
    id,
    revision: 1,
    name: id,
    description,
    transport: { type: 'stdio', command: 'x' },
  });
}

const MANIFEST = {
  ...{ manifest_version: '0.3', name: 'large', version: '1.0.0', description: 'x', author: { name: 'x' } },
  server: {
    ...{ type: 'node', entry_point: 'index.js' },
    mcp_config: { command: 'node', args: ['${__dirname}/index.js'] },
  },
};

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
}

/** A disk of its own of `size`, as tmpfs understands it. */
async function disk(size: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', folder]);
  onTestFinished(async () => {
    execFileSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

const failure = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => expect.fail('It should have failed'),
    (error: AppError) => error,
  );

describe.skipIf(!canMount())('a disk', () => {
  it('that is full refuses an edit in words, keeps the old state whole, and takes edits when there is room', async () => {
    const dataDir = join(await disk('300k'), 'data');
    const catalog = await Catalog.open({ dataDir });
    await catalog.edit((tx) => tx.put('servers', server('a', 'x'.repeat(9_000))));
    await writeFile(join(dataDir, 'ballast'), Buffer.alloc(1_000_000)).catch(() => undefined);
    const before = await readFile(join(dataDir, 'catalog.json'));
    const error = await failure(catalog.edit((tx) => tx.put('servers', server('b', 'y'.repeat(9_000)))));
    expect(error).toMatchObject({ code: 'io', hint: expect.stringMatching(/Free some space/) as string });
    expect(error.message).toMatch(/catalog\.json could not be written because the disk is full \(ENOSPC\)/);
    expect(await readFile(join(dataDir, 'catalog.json'))).toEqual(before);
    expect(catalog.servers().map(({ id }) => id)).toEqual(['a']);
    expect((await readdir(dataDir)).sort()).toEqual([
      'backups',
      'ballast',
      'catalog.json',
      'history.jsonl',
      'jackfield.lock',
    ]);
    await rm(join(dataDir, 'ballast'));
    await catalog.edit((tx) => tx.put('servers', server('c')));
    await catalog.close();
    const after = await Catalog.open({ dataDir });
    expect(after.servers().map(({ id }) => id)).toEqual(['a', 'c']);
    expect(after.notices).toEqual([]);
    await after.close();
  });

  it('that has room for a part of the file never puts that part in its place', async () => {
    const dataDir = join(await disk('400k'), 'data');
    const catalog = await Catalog.open({ dataDir });
    let saved = 0;
    for (let n = 0; n < 60; n += 1) {
      const done = await catalog
        .edit((tx) => tx.put('servers', server(`s${n}`, 'z'.repeat(9_500))))
        .then(
          () => true,
          () => false,
        );
      if (!done) break;
      saved += 1;
    }
    expect(saved).toBeGreaterThan(2);
    expect(saved).toBeLessThan(60);
    const onDisk = JSON.parse(await readFile(join(dataDir, 'catalog.json'), 'utf8')) as {
      servers: unknown[];
    };
    expect(onDisk.servers).toHaveLength(saved);
    await catalog.close();
  });

  it('that is full leaves a history that is too large as it is', async () => {
    const dataDir = join(await disk('48m'), 'data');
    await mkdir(dataDir);
    const line = (revision: number): string =>
      lineOf({
        kind: 'server',
        id: 'a',
        revision,
        at: '2026-01-01T00:00:00.000Z',
        record: server('a', 'x'.repeat(9_000)),
      });
    const lines = ['somebody else wrote this', ...Array.from({ length: 1_900 }, (_, n) => line(n + 1))];
    const path = join(dataDir, 'history.jsonl');
    await writeFile(path, `${lines.join('\n')}\n`);
    const { size } = await stat(path);
    const file = { schemaVersion: 1, servers: [{ ...server('a'), revision: 1_900 }] };
    await writeFile(join(dataDir, 'catalog.json'), JSON.stringify(file));
    // Room for what a start writes, and neither for a copy of the history nor for a smaller one.
    const ballast = join(dataDir, 'ballast');
    await writeFile(ballast, Buffer.alloc(48_000_000)).catch(() => undefined);
    await truncate(ballast, (await stat(ballast)).size - 200_000);
    const catalog = await Catalog.open({ dataDir });
    expect(catalog.notices.map(({ title }) => title).join()).not.toMatch(/history/i);
    expect((await stat(path)).size).toBeGreaterThanOrEqual(size);
    expect((await catalog.history('server', 'a')).length).toBe(1_900);
    await catalog.close();
    await rm(ballast);
    const after = await Catalog.open({ dataDir });
    expect(await after.history('server', 'a')).toHaveLength(50);
    await after.close();
  });

  it('that is full takes no bundle, says why, and keeps no part of it', async () => {
    const dataDir = join(await disk('300k'), 'data');
    const bundles = new Bundles({ dataDir });
    const refused = async (size: number): Promise<AppError> => {
      const id = await bundles.begin('large.mcpb', size);
      return failure(bundles.append(id, Buffer.alloc(size)));
    };
    const error = await refused(1_000_000);
    expect(error).toMatchObject({ code: 'io', hint: expect.stringMatching(/Free some space/) as string });
    expect(error.message).toMatch(/could not be received because the disk is full \(ENOSPC\)/);
    expect(await readdir(join(dataDir, 'cache', 'bundles'))).toEqual([]);
    const file = zip([
      { name: 'manifest.json', data: JSON.stringify(MANIFEST) },
      { name: 'index.js', data: ' '.repeat(500_000) },
    ]);
    const id = await bundles.begin('fits.mcpb', file.length);
    await bundles.append(id, file);
    const unpacking = await failure(bundles.unpack(id, {}));
    expect(unpacking).toMatchObject({ code: 'io' });
    expect(unpacking.message).toMatch(/could not be unpacked because the disk is full/);
    expect(await readdir(join(dataDir, 'bundles'))).toEqual([]);
    await bundles.dispose();
  });

  it('that became read-only says so', async () => {
    const folder = await disk('1m');
    const dataDir = join(folder, 'data');
    const catalog = await Catalog.open({ dataDir });
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const error = await failure(catalog.edit((tx) => tx.put('servers', server('a'))));
    expect(error.message).toMatch(/read-only \(EROFS\)/);
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    await catalog.edit((tx) => tx.put('servers', server('a')));
    await catalog.close();
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const opening = await failure(Catalog.open({ dataDir }));
    expect(opening).toMatchObject({ code: 'io' });
    expect(opening.message).toMatch(/data folder .* cannot be used because the disk is read-only/);
  });

  it('that is full lets no secret into the keychain that could not be noted down first', async () => {
    const dataDir = join(await disk('64k'), 'data');
    await mkdir(dataDir);
    const keychain = new FakeKeychain();
    const vault = await Vault.open({ dataDir, launchHelper: keychain.launch, storage: () => 'keychain' });
    await writeFile(join(dataDir, 'ballast'), Buffer.alloc(1_000_000)).catch(() => undefined);
    const error = await failure(vault.stage({ env: { A: { newSecret: 'MARKER-77' } } }, new Set()));
    expect(error).toMatchObject({ code: 'io' });
    expect(`${error.message} ${error.hint}`).not.toContain('MARKER');
    expect(keychain.requests).toEqual([]);
    await rm(join(dataDir, 'ballast'));
    const staged = await vault.stage({ env: { A: { newSecret: 'MARKER-77' } } }, new Set());
    await staged.rollback();
    expect(keychain.entries.size).toBe(0);
    await vault.dispose();
  });
});
