import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Journal } from '../../../src-main/vault/journal.js';
import { secretIdsOf, Vault } from '../../../src-main/vault/vault.js';
import { FakeKeychain } from '../../fakes/keychain.js';
import { tempFolder } from '../../support/temp-folder.js';

const NOBODY: ReadonlySet<string> = new Set();
type Env = { env: Record<string, unknown> };
type Ref = { secret: string };

async function openVault(
  keychain: FakeKeychain,
  options: { dataDir?: string } = {},
): Promise<{ vault: Vault; dataDir: string }> {
  const dataDir = options.dataDir ?? (await tempFolder());
  const vault = await Vault.open({ dataDir, launchHelper: keychain.launch, storage: () => 'keychain' });
  onTestFinished(() => vault.dispose());
  return { vault, dataDir };
}

describe('after a crash', () => {
  it('deletes what was set for an edit that never came to disk, and keeps what did', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain);
    const saved = await vault.stage<Env>({ env: { A: { newSecret: 'saved' } } }, NOBODY);
    const unsaved = await vault.stage<Env>({ env: { A: { newSecret: 'unsaved' } } }, NOBODY);
    expect(keychain.entries.size).toBe(2);
    const after = await openVault(keychain, { dataDir });
    await after.vault.sweep(secretIdsOf(saved.value));
    expect([...keychain.entries.keys()]).toEqual(saved.created);
    expect(await after.vault.resolve(saved.value.env['A'] as Ref)).toBe('saved');
    expect(unsaved.created).not.toEqual(saved.created);
  });

  it('deletes a replaced secret though the crash came before it was named stale', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain);
    const old = await vault.stage<Env>({ env: { A: { newSecret: 'old one' } } }, NOBODY);
    await old.commit([]);
    const next = await vault.stage<Env>({ env: { A: { newSecret: 'new one' } } }, new Set(old.created));
    const after = await openVault(keychain, { dataDir });
    await after.vault.sweep(secretIdsOf(next.value));
    expect([...keychain.entries.keys()]).toEqual(next.created);
  });

  it('deletes condemned secrets when their owner is gone, and keeps them when it is not', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain);
    const [a, b] = [
      await vault.stage<Env>({ env: { A: { newSecret: 'of a' } } }, NOBODY),
      await vault.stage<Env>({ env: { A: { newSecret: 'of b' } } }, NOBODY),
    ];
    await a.commit([]);
    await b.commit([]);
    await vault.condemn([...a.created, ...b.created]);
    const after = await openVault(keychain, { dataDir });
    await after.vault.sweep(secretIdsOf(b.value));
    expect([...keychain.entries.keys()]).toEqual(b.created);
  });

  it('says of a secret that is just being swept away that it is missing, and does not refer to it', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain);
    const { created } = await vault.stage<Env>(
      { env: { A: { newSecret: 'one' }, B: { newSecret: 'two' } } },
      NOBODY,
    );
    const after = await openVault(keychain, { dataDir });
    // The first deletion takes its time, and an undo that wants the second secret comes in between.
    keychain.mood = 'silent';
    const swept = after.vault.sweep(NOBODY);
    const reviving = after.vault.revive(created.slice(1));
    for (let turn = 0; turn < 500; turn += 1) await readdir(dataDir);
    keychain.release();
    const revived = await reviving;
    await swept;
    expect(revived.missing).toEqual(created.slice(1));
    await revived.commit();
    expect(keychain.entries.size).toBe(0);
  });

  it('knows what was begun after its journal was written anew', async () => {
    const dataDir = await tempFolder();
    const path = join(dataDir, 'vault-journal.jsonl');
    const id = 'sec-0b0e7a0e-0000-4000-8000-000000000000';
    // Settled while it was being written anew without it, then begun once more; and then the power went.
    const lines = [{ begun: [] }, { settled: [id] }, { begun: [id] }];
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const journal = await Journal.open(dataDir);
    expect([...journal.left]).toEqual([id]);
    await journal.close();
  });

  it('leaves alone what its journal does not name, whatever the catalog says', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain);
    const staged = await vault.stage<Env>({ env: { A: { newSecret: 'of a lost catalog' } } }, NOBODY);
    await staged.commit([]);
    await vault.dispose();
    const after = await openVault(keychain, { dataDir });
    await after.vault.sweep(NOBODY);
    expect([...keychain.entries.keys()]).toEqual(staged.created);
  });

  it('never writes a value to its journal', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain);
    const staged = await vault.stage({ env: { A: { newSecret: 'MARKER-1234' } } }, NOBODY);
    await staged.rollback();
    await vault.dispose();
    const text = await readFile(join(dataDir, 'vault-journal.jsonl'), 'utf8');
    expect(text).toContain(staged.created[0]);
    expect(text).not.toContain('MARKER');
    expect(text).not.toContain(Buffer.from('MARKER-1234').toString('base64'));
  });
});
