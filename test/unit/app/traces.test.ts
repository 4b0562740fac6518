import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEntity, removeEntity, SERVERS, updateEntity } from '../../../src-main/app/entities.js';
import type { Parts } from '../../../src-main/app/parts.js';
import { restoreRevision } from '../../../src-main/app/revisions.js';
import { takeBack } from '../../../src-main/app/undo/take-back.js';
import { UndoBook, type Entry } from '../../../src-main/app/undo/undo-book.js';
import { referredSecrets, withSecrets } from '../../../src-main/app/with-secrets.js';
import { Catalog } from '../../../src-main/catalog/catalog.js';
import type { Server } from '../../../src-main/contract/index.js';
import { secretIdsOf, Vault } from '../../../src-main/vault/vault.js';
import { FakeKeychain } from '../../fakes/keychain.js';
import { filesThatHold } from '../../support/look-for.js';
import { tempFolder } from '../../support/temp-folder.js';

const TOKEN = 'ghp_abcdefghijklmnop0123456789';

async function open(dataDir: string, keychain: FakeKeychain) {
  const catalog = await Catalog.open({ dataDir });
  const vault = await Vault.open({
    dataDir,
    launchHelper: keychain.launch,
    storage: () => 'keychain',
    traces: catalog.traces,
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await vault.dispose();
    await catalog.close();
  };
  onTestFinished(close);
  const parts = { catalog, vault, undo: { note: () => undefined } };
  return { ...parts, parts, close, sweep: () => vault.sweep(referredSecrets(catalog)) };
}
type Opened = Awaited<ReturnType<typeof open>>;

/** A server whose token went from an argument to the keychain, in a run that ended right after the edit. */
async function withTrace(keychain: FakeKeychain) {
  const dataDir = await tempFolder();
  const { parts, close } = await open(dataDir, keychain);
  const transport = { type: 'stdio', command: 'true', args: [`--token=${TOKEN}`], env: {} };
  const { id } = await createEntity(parts, SERVERS, { name: 'a', transport });
  await createEntity(parts, SERVERS, { name: 'b', transport: { type: 'stdio', command: 'true' } });
  const patch = { transport: { args: [], env: { T: { newSecret: TOKEN } } } };
  const copies = ['backups', 'history.jsonl'];
  const before = await tempFolder();
  for (const name of copies) await cp(join(dataDir, name), join(before, name), { recursive: true });
  const secret = [...secretIdsOf(await updateEntity(parts, SERVERS, { id, patch }))][0] as string;
  await close();
  for (const name of copies) await cp(join(before, name), join(dataDir, name), { recursive: true });
  await writeFile(join(dataDir, 'strikes.json'), JSON.stringify([{ kind: 'servers', id, secret }]));
  return { dataDir, id, secret };
}

/** Something for the keychain to answer. */
const useKeychain = ({ parts }: Opened): Promise<unknown> =>
  createEntity(parts, SERVERS, {
    name: 'c',
    transport: { type: 'stdio', command: 'x', env: { A: { newSecret: 'other value' } } },
  });

const DROPS: Record<string, (parts: Opened['parts'], id: string) => Promise<unknown>> = {
  'lets go of its variable': (parts, id) =>
    updateEntity(parts, SERVERS, { id, patch: { transport: { env: { T: null } } } }),
  'is removed': (parts, id) => removeEntity(parts, SERVERS, id),
};

describe.each(Object.entries(DROPS))('a value in old files whose server %s', (_what, drop) => {
  it('is found there still, though the keychain was locked when the last reference went', async () => {
    const keychain = new FakeKeychain();
    const { dataDir, id, secret } = await withTrace(keychain);
    keychain.mood = 'locked';
    const again = await open(dataDir, keychain);
    await again.sweep();
    await drop(again.parts, id);
    expect(await filesThatHold(dataDir, TOKEN)).not.toEqual([]);
    keychain.mood = 'open';
    await useKeychain(again);
    await again.close();
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    expect(keychain.entries.has(secret)).toBe(false);
  });

  it('is found there at the next start', async () => {
    const keychain = new FakeKeychain();
    const { dataDir, id, secret } = await withTrace(keychain);
    keychain.mood = 'locked';
    const locked = await open(dataDir, keychain);
    await drop(locked.parts, id);
    await locked.close();
    keychain.mood = 'open';
    const again = await open(dataDir, keychain);
    await again.sweep();
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    expect(keychain.entries.has(secret)).toBe(false);
    expect(again.catalog.traces.open()).toEqual([]);
  });

  it('stays in the keychain for as long as a file cannot be rid of it', async () => {
    const keychain = new FakeKeychain();
    const { dataDir, id, secret } = await withTrace(keychain);
    const again = await open(dataDir, keychain);
    const struck: unknown[] = [];
    let isFull = true;
    again.catalog.alsoStrike((exposed) => {
      struck.push(...exposed);
      return isFull ? Promise.reject(new Error('ENOSPC')) : Promise.resolve();
    });
    await drop(again.parts, id);
    expect(struck).toContainEqual({ kind: 'servers', id, secret, value: TOKEN });
    expect(keychain.entries.has(secret)).toBe(true);
    isFull = false;
    await useKeychain(again);
    await again.close();
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    expect(keychain.entries.has(secret)).toBe(false);
  });
});

it('a value that nobody has any more is looked for no longer', async () => {
  const keychain = new FakeKeychain();
  const { dataDir } = await withTrace(keychain);
  keychain.entries.clear();
  const again = await open(dataDir, keychain);
  await again.sweep();
  expect(again.catalog.traces.open()).toEqual([]);
});

it('a value of an edit that never came to be is left where it stands', async () => {
  const keychain = new FakeKeychain();
  const { dataDir, id } = await withTrace(keychain);
  const transport = { type: 'stdio', command: 'true', args: [`--token=${TOKEN}`], env: {} };
  keychain.mood = 'locked';
  const locked = await open(dataDir, keychain);
  // As if it had been taken back.
  await updateEntity(locked.parts, SERVERS, { id, patch: { transport: { ...transport, env: { T: null } } } });
  keychain.mood = 'open';
  await useKeychain(locked);
  await locked.close();
  const again = await open(dataDir, keychain);
  expect(again.catalog.traces.open()).toEqual([]);
  expect(JSON.stringify(again.catalog.server(id))).toContain(TOKEN);
  expect(JSON.stringify(await again.catalog.history('server', id))).toContain(TOKEN);
});

describe('a value that an undo has put into the open again', () => {
  const back = async (how: (made: Awaited<ReturnType<typeof shown>>) => Promise<unknown>): Promise<void> => {
    const keychain = new FakeKeychain();
    const made = await shown(keychain);
    expect(await filesThatHold(made.dataDir, TOKEN)).not.toEqual([]);
    await how(made);
    await made.vault.dispose();
    expect(await filesThatHold(made.dataDir, TOKEN)).toEqual([]);
    expect(made.catalog.traces.open()).toEqual([]);
    expect(keychain.entries.has(made.secret)).toBe(true);
  };
  /** Moved to the keychain at revision 2, and shown again at revision 3. */
  const shown = async (keychain: FakeKeychain) => {
    const dataDir = await tempFolder();
    const opened = await open(dataDir, keychain);
    const runtime = { stop: () => Promise.resolve(), forget: () => Promise.resolve() };
    const book = new UndoBook(() => undefined);
    const parts = { ...opened.parts, runtime, undo: book, notify: () => undefined } as unknown as Parts;
    const transport = { type: 'stdio', command: 'true', args: [`--token=${TOKEN}`], env: {} };
    const { id } = await createEntity(parts, SERVERS, { name: 'a', transport });
    const patch = { transport: { args: [], env: { T: { newSecret: TOKEN } } } };
    const secret = [...secretIdsOf(await updateEntity(parts, SERVERS, { id, patch }))][0] as string;
    const { changes } = book.find('undo', undefined) as Entry;
    const undone = await takeBack(parts, 'the edit', changes);
    return { ...opened, parts, dataDir, id, secret, undone };
  };

  it('goes from the files when that is taken back', () =>
    back(({ parts, undone }) => takeBack(parts, 'the undo', undone)));

  it('goes from the files when the revision with the secret is restored', () =>
    back(({ parts, id }) => restoreRevision(parts, SERVERS, id, 2)));

  it('goes from the files when it comes back with a backup, after it was removed', () =>
    back(async ({ parts, catalog, vault, id }) => {
      const [, record] = await catalog.history('server', id);
      await removeEntity(parts, SERVERS, id);
      const file = { ...(await catalog.backup((await catalog.backups())[0]?.name as string)), links: [] };
      const servers = [record?.record as Server];
      await withSecrets({ catalog, vault }, { from: [], to: servers }, () =>
        catalog.restore({ ...file, servers }, []),
      );
    }));
});
