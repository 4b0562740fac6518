import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createEntity,
  removeEntity,
  SERVERS,
  updateEntity,
  type EditParts,
} from '../../../src-main/app/entities.js';
import type { Parts } from '../../../src-main/app/parts.js';
import { restoreRevision } from '../../../src-main/app/revisions.js';
import { UndoBook } from '../../../src-main/app/undo/undo-book.js';
import { Catalog } from '../../../src-main/catalog/catalog.js';
import { isSecretRef, type Server } from '../../../src-main/contract/index.js';
import { secretIdsOf, Vault } from '../../../src-main/vault/vault.js';
import { FakeKeychain } from '../../fakes/keychain.js';
import { tempFolder } from '../../support/temp-folder.js';

async function open() {
  const keychain = new FakeKeychain();
  const dataDir = await tempFolder();
  const catalog = await Catalog.open({ dataDir });
  const vault = await Vault.open({ dataDir, launchHelper: keychain.launch, storage: () => 'keychain' });
  onTestFinished(async () => {
    await vault.dispose();
    await catalog.close();
  });
  const parts = { catalog, vault, undo: new UndoBook(() => undefined), notify: () => undefined };
  return { keychain, catalog, vault, parts: parts as unknown as Parts };
}

const withToken = (value: string): Record<string, unknown> => ({
  transport: { type: 'stdio', command: 'x', env: { TOKEN: { newSecret: value } } },
});
const add = (parts: EditParts, name: string, value: string): Promise<Server> =>
  createEntity(parts, SERVERS, { name, ...withToken(value) });
const tokenOf = ({ transport }: Server): { secret: string } => {
  const value = transport.type === 'stdio' ? transport.env['TOKEN'] : undefined;
  return isSecretRef(value) ? value : expect.fail('no secret');
};

describe('a secret that a record was copied with by hand', () => {
  it('stays until the last of both lets go of it', async () => {
    const { keychain, catalog, vault, parts } = await open();
    const first = await add(parts, 'first', 'a value');
    const copies = ['second', 'third'].map((name) => ({ ...first, id: name, name }));
    await catalog.edit((tx) => copies.forEach((copy) => tx.put('servers', copy)));
    await updateEntity(parts, SERVERS, { id: 'third', patch: withToken('its own') });
    await removeEntity(parts, SERVERS, 'second');
    expect(await vault.resolve(tokenOf(first))).toBe('a value');
    await removeEntity(parts, SERVERS, first.id);
    expect([...keychain.entries.keys()]).toEqual([tokenOf(catalog.server('third') as Server).secret]);
  });
});

describe('an earlier revision', () => {
  it('is not restored over an edit that is made at the same time, and neither loses a secret', async () => {
    const { keychain, catalog, vault, parts } = await open();
    const { id } = await add(parts, 'a', 'one');
    await updateEntity(parts, SERVERS, { id, patch: withToken('two') });
    const outcomes = await Promise.allSettled([
      restoreRevision(parts, SERVERS, id, 1),
      updateEntity(parts, SERVERS, { id, patch: withToken('three') }),
    ]);
    const now = catalog.server(id) as Server;
    expect(['one', 'three']).toContain(await vault.resolve(tokenOf(now)));
    expect([...keychain.entries.keys()]).toEqual([...secretIdsOf(now)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  });
});
