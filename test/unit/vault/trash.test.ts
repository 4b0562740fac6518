import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Trash } from '../../../src-main/vault/trash.js';
import { Vault, type VaultOptions } from '../../../src-main/vault/vault.js';
import { FakeKeychain } from '../../fakes/keychain.js';
import { tempFolder } from '../../support/temp-folder.js';

const NOBODY: ReadonlySet<string> = new Set();
type Env = { env: Record<string, unknown> };
type Ref = { secret: string };

async function openVault(
  keychain: FakeKeychain,
  options: Partial<VaultOptions> = {},
): Promise<{ vault: Vault; dataDir: string }> {
  const dataDir = options.dataDir ?? (await tempFolder());
  const launchHelper = keychain.launch;
  const vault = await Vault.open({ dataDir, launchHelper, storage: () => 'keychain', ...options });
  onTestFinished(() => vault.dispose());
  return { vault, dataDir };
}

describe('a secret that was removed a short while ago', () => {
  const kept = async (keychain: FakeKeychain, options: Partial<VaultOptions> = {}) => {
    const { vault, dataDir } = await openVault(keychain, options);
    const staged = await vault.stage<Env>({ env: { A: { newSecret: 'a value' } } }, NOBODY);
    await staged.commit([]);
    return { vault, dataDir, id: (staged.value.env['A'] as Ref).secret };
  };

  it('is gone from the keychain at once, and comes back under its id', async () => {
    const keychain = new FakeKeychain();
    const { vault, id } = await kept(keychain);
    await vault.remove([id]);
    expect(keychain.entries.size).toBe(0);
    const revived = await vault.revive([id]);
    expect(revived.missing).toEqual([]);
    await revived.commit();
    expect(await vault.resolve({ secret: id })).toBe('a value');
    await vault.remove([id]);
    const again = await vault.revive([id]);
    await again.rollback();
    expect(keychain.entries.size).toBe(0);
  });

  it('is let go of after a while, and with the app; its reference then counts as lost', async () => {
    const keychain = new FakeKeychain();
    const { vault, id } = await kept(keychain, { trashMs: 1 });
    await vault.remove([id]);
    await expect
      .poll(async () => {
        const revived = await vault.revive([id]);
        const { missing } = revived;
        await (missing.length > 0 ? revived.commit() : revived.rollback());
        return missing;
      })
      .toEqual([id]);
    expect(vault.lost([id])).toEqual([id]);
    expect(keychain.entries.size).toBe(0);
  });

  it('that a locked keychain would not let go of stays, and is deleted no more once it is wanted', async () => {
    const keychain = new FakeKeychain();
    const { vault, id } = await kept(keychain);
    keychain.mood = 'locked';
    await vault.remove([id]);
    keychain.mood = 'open';
    const revived = await vault.revive([id]);
    expect(revived.missing).toEqual([]);
    await revived.commit();
    // A call that works lets the vault delete what it could not delete before: this is not among it any more.
    const other = await vault.stage<Env>({ env: { B: { newSecret: 'other' } } }, NOBODY);
    await other.commit([]);
    await vault.dispose();
    expect([...keychain.entries.keys()]).toContain(id);
  });

  it('is not deleted by what else goes on between its being wanted again and that being on disk', async () => {
    const keychain = new FakeKeychain();
    const { vault, id } = await kept(keychain);
    keychain.mood = 'locked';
    await vault.remove([id]);
    keychain.mood = 'open';
    const revived = await vault.revive([id]);
    const other = await vault.stage<Env>({ env: { B: { newSecret: 'other' } } }, NOBODY);
    await other.commit([]);
    await revived.commit();
    await vault.dispose();
    expect([...keychain.entries.keys()]).toContain(id);
  });

  it('is not deleted while the keychain does not show its value, which an undo would miss', async () => {
    const keychain = new FakeKeychain();
    const { vault, id } = await kept(keychain);
    // Locked when it is read, open again when it would be deleted.
    keychain.before = ({ op }) => (keychain.mood = op === 'get' || op === 'set' ? 'locked' : 'open');
    await vault.remove([id]);
    keychain.before = () => undefined;
    keychain.mood = 'open';
    const revived = await vault.revive([id]);
    expect(revived.missing).toEqual([]);
    await revived.commit();
    expect(await vault.resolve({ secret: id })).toBe('a value');
  });

  it('is gone from a keychain that was locked when it was asked, and opened a moment later', async () => {
    const keychain = new FakeKeychain();
    const { vault, id } = await kept(keychain);
    let asked = 0;
    keychain.before = ({ op, account }) => {
      keychain.mood = op === 'delete' && account === id && (asked += 1) === 1 ? 'locked' : 'open';
    };
    await vault.remove([id]);
    expect(keychain.entries.size).toBe(0);
  });

  it('can be brought back also when it was deleted only later', async () => {
    const keychain = new FakeKeychain();
    const { vault, id } = await kept(keychain);
    keychain.mood = 'locked';
    await vault.remove([id]);
    keychain.mood = 'open';
    const other = await vault.stage<Env>({ env: { B: { newSecret: 'other' } } }, NOBODY);
    await other.commit([]);
    await expect.poll(() => keychain.entries.has(id)).toBe(false);
    const revived = await vault.revive([id]);
    expect(revived.missing).toEqual([]);
    await revived.commit();
    expect(await vault.resolve({ secret: id })).toBe('a value');
  });

  it('is not called lost by a keychain that was opened in the moment it was asked', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir, id } = await kept(keychain);
    await vault.dispose();
    const after = await openVault(keychain, { dataDir });
    let asked = 0;
    keychain.before = ({ op, account }) => {
      keychain.mood = op === 'get' && account === id && (asked += 1) === 1 ? 'locked' : 'open';
    };
    const revived = await after.vault.revive([id]);
    expect(revived.missing).toEqual([]);
    await revived.commit();
    expect(after.vault.lost([id])).toEqual([]);
  });

  it('is let go of in time although the clock was set back', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const trash = new Trash(60_000);
    trash.put('sec-1', 'a value');
    vi.setSystemTime(Date.now() - 365 * 86_400_000);
    vi.advanceTimersByTime(60_000);
    expect(trash.get('sec-1')).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is an orphan where a crash came before its owner was back', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir, id } = await kept(keychain);
    await vault.remove([id]);
    await vault.revive([id]);
    expect([...keychain.entries.keys()]).toEqual([id]);
    await vault.dispose();
    const after = await openVault(keychain, { dataDir });
    await after.vault.sweep(NOBODY);
    expect(keychain.entries.size).toBe(0);
  });
});
