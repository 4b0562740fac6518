import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AppError } from '../../../src-main/contract/index.js';
import { secretIdsOf, Vault, type VaultOptions } from '../../../src-main/vault/vault.js';
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
  const vault = await Vault.open({
    dataDir,
    launchHelper: keychain.launch,
    storage: () => 'keychain',
    platform: 'linux',
    ...options,
  });
  onTestFinished(() => vault.dispose());
  return { vault, dataDir };
}

const refusal = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => expect.fail('It should have been refused'),
    (error: AppError) => error,
  );

describe('keeping a secret', () => {
  it('puts the base64 of its UTF-8 into the keychain and a reference in its place', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    const input = { name: 'a', env: { PLAIN: 'x', TOKEN: { newSecret: 'ein 🔑\nzwei' } } };
    const staged = await vault.stage<Env>(input, NOBODY);
    const { secret } = staged.value.env['TOKEN'] as Ref;
    expect(staged.value).toEqual({ name: 'a', env: { PLAIN: 'x', TOKEN: { secret } } });
    expect(staged.created).toEqual([secret]);
    expect([...keychain.entries]).toEqual([[secret, Buffer.from('ein 🔑\nzwei').toString('base64')]]);
    expect(await vault.resolve({ secret })).toBe('ein 🔑\nzwei');
    expect(input.env.TOKEN).toEqual({ newSecret: 'ein 🔑\nzwei' });
  });

  it('does not take a map for a secret because of the names in it', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    const input = {
      transport: {
        env: { newSecret: 'a variable of that name' },
        headers: { secret: 'sec-00000000-0000-0000-0000-000000000000' },
      },
    };
    const { value, created } = await vault.stage(input, NOBODY);
    expect(value).toEqual(input);
    expect(created).toEqual([]);
    expect(secretIdsOf(input).size).toBe(0);
    expect(keychain.requests).toEqual([]);
  });

  it('takes the value of a variable named env or headers', async () => {
    const { vault } = await openVault(new FakeKeychain());
    const { value } = await vault.stage<Env>({ env: { env: { newSecret: 'inner one' } } }, NOBODY);
    expect(secretIdsOf(value).size).toBe(1);
  });

  it.each([
    ['NUL', 'a\0b', /NUL/],
    ['nothing', '', /empty/],
    ['too much', 'x'.repeat(65_537), /65536/],
    ['half a character', 'a\ud83d', /half of a character/],
  ])('refuses %s, with its path, before it touches the keychain', async (_, newSecret, message) => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    const error = await refusal(vault.stage({ auth: { token: { newSecret } } }, NOBODY));
    expect(error).toMatchObject({ code: 'invalid', issues: [{ path: 'auth.token' }] });
    expect(error.message).toMatch(message);
    expect(keychain.requests).toEqual([]);
  });

  it('refuses a reference that does not belong to the entity', async () => {
    const { vault } = await openVault(new FakeKeychain());
    const foreign = 'sec-11111111-1111-4111-8111-111111111111';
    const error = await refusal(vault.stage({ env: { A: { secret: foreign } } }, NOBODY));
    expect(error).toMatchObject({ code: 'invalid', issues: [{ path: 'env.A' }] });
    const allowed = await vault.stage({ env: { A: { secret: foreign } } }, new Set([foreign]));
    expect(allowed.value).toEqual({ env: { A: { secret: foreign } } });
  });

  it('keeps 64 k characters, and what a rollback takes back is gone', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    const long = '🔑'.repeat(32_768);
    const staged = await vault.stage<Env>({ env: { A: { newSecret: long } } }, NOBODY);
    expect(await vault.resolve(staged.value.env['A'] as Ref)).toBe(long);
    await staged.rollback();
    expect(keychain.entries.size).toBe(0);
  });

  it('takes back what it had kept when a later secret of the same input is refused', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    let sets = 0;
    keychain.before = ({ op }) => {
      if (op === 'set' && (sets += 1) === 2) keychain.mood = { words: 'The user cancelled it' };
      else keychain.mood = 'open';
    };
    const input = { env: { A: { newSecret: 'first' }, B: { newSecret: 'second' } } };
    expect(await refusal(vault.stage(input, NOBODY))).toMatchObject({ code: 'keychain_unavailable' });
    expect(keychain.entries.size).toBe(0);
  });

  it('deletes the replaced secret only when the edit is committed', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    const first = await vault.stage<Env>({ env: { A: { newSecret: 'old value' } } }, NOBODY);
    await first.commit([]);
    const next = await vault.stage<Env>({ env: { A: { newSecret: 'new value' } } }, new Set(first.created));
    expect(keychain.entries.size).toBe(2);
    await next.commit(first.created);
    expect([...keychain.entries.keys()]).toEqual(next.created);
  });

  it('gives a copy secrets of its own', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    const { value } = await vault.stage<Env>({ env: { A: { newSecret: 'shared' }, B: 'plain' } }, NOBODY);
    const copy = await vault.copy(value);
    expect(copy.value.env['A']).not.toEqual(value.env['A']);
    await vault.remove(secretIdsOf(value));
    expect(await vault.resolveMap(copy.value.env as Record<string, Ref>)).toEqual({
      A: 'shared',
      B: 'plain',
    });
  });

  it('keeps 200 secrets, one call at a time', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    const env = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`V${n}`, { newSecret: `value ${n}` }]),
    );
    const { value } = await vault.stage<Env>({ env }, NOBODY);
    const read = await vault.resolveMap(value.env as Record<string, Ref>);
    expect(read['V199']).toBe('value 199');
    expect(keychain.mostAtOnce).toBe(1);
    expect(keychain.started).toBe(1);
  });
});

describe('a platform that limits the size of an entry', () => {
  const partLimit = 40;

  it.each([1, 29, 30, 31, 59, 60, 61, 300])('keeps %d bytes in parts that fit', async (length) => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain, { partLimit });
    const text = 'abcdefghij'.repeat(30).slice(0, length);
    const { value, created } = await vault.stage<Env>({ env: { A: { newSecret: text } } }, NOBODY);
    for (const part of keychain.entries.values()) expect(part.length).toBeLessThanOrEqual(partLimit);
    expect(await vault.resolve(value.env['A'] as Ref)).toBe(text);
    await vault.remove(created);
    expect(keychain.entries.size).toBe(0);
  });

  it('names the further parts #2, #3 and so on, and notices a lost one', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain, { partLimit });
    const { value, created } = await vault.stage<Env>({ env: { A: { newSecret: 'x'.repeat(70) } } }, NOBODY);
    const id = created[0] as string;
    expect([...keychain.entries.keys()].sort()).toEqual([id, `${id}#2`, `${id}#3`]);
    keychain.entries.delete(`${id}#3`);
    expect(await refusal(vault.resolve(value.env['A'] as Ref))).toMatchObject({
      code: 'keychain_unavailable',
    });
  });

  it('finds parts whose first one a crash kept from being written', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain, { partLimit });
    const { created } = await vault.stage<Env>({ env: { A: { newSecret: 'x'.repeat(70) } } }, NOBODY);
    keychain.entries.delete(created[0] as string);
    keychain.entries.delete(`${created[0]}#2`);
    const after = await openVault(keychain, { partLimit, dataDir });
    await after.vault.sweep(NOBODY);
    expect(keychain.entries.size).toBe(0);
  });

  it('uses the Windows limit on Windows', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain, { platform: 'win32' });
    await vault.stage({ env: { A: { newSecret: 'x'.repeat(10_000) } } }, NOBODY);
    expect(Math.max(...[...keychain.entries.values()].map((part) => part.length))).toBeLessThan(2_560);
  });
});

describe('a keychain that does not do its part', () => {
  async function withSecret() {
    const keychain = new FakeKeychain();
    const limits = { answerMs: 40, hangMs: 400, idleMs: 1_000 };
    const { vault, dataDir } = await openVault(keychain, { limits });
    const staged = await vault.stage<Env>({ env: { A: { newSecret: 'precious' } } }, NOBODY);
    await staged.commit([]);
    return { keychain, vault, dataDir, created: staged.created, ref: staged.value.env['A'] as Ref };
  }

  it('tells locked from gone, and forgets nothing', async () => {
    const { keychain, vault, ref } = await withSecret();
    keychain.mood = 'locked';
    const locked = await refusal(vault.resolve(ref));
    expect(locked.message).toMatch(/locked/);
    expect(locked.hint).toMatch(/Unlock/);
    keychain.mood = 'open';
    expect(await vault.resolve(ref)).toBe('precious');
    keychain.entries.clear();
    const gone = await refusal(vault.resolve(ref));
    expect(gone.code).toBe('keychain_unavailable');
    expect(gone.message).toMatch(/open, but this secret is not in it/);
  });

  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', /D-Bus/, /dbus-run-session/],
    ['Could not connect: No such file or directory', /D-Bus/, /DBUS_SESSION_BUS_ADDRESS/],
    [
      'The name org.freedesktop.secrets was not provided by any .service files',
      /No program/,
      /gnome-keyring/,
    ],
    ['Cannot create an item in a locked collection', /locked/, /Unlock/],
    ['Message recipient disconnected from message bus without replying', /went away/, /Try again/],
    ['Something never heard of', /Something never heard of/, /session only/],
  ])('says what "%s" means', async (words, reason, hint) => {
    const keychain = new FakeKeychain();
    keychain.mood = { words };
    const { vault } = await openVault(keychain);
    const status = await vault.status();
    expect(status.available).toBe(false);
    expect(status.reason).toMatch(reason);
    expect(status.hint).toMatch(hint);
  });

  it('is seen to be open again in time although the clock was set back', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain);
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    keychain.mood = 'locked';
    expect(await vault.status()).toMatchObject({ available: false });
    keychain.mood = 'open';
    vi.setSystemTime(Date.now() - 365 * 86_400_000);
    vi.advanceTimersByTime(60_000);
    expect(await vault.status()).toEqual({ available: true });
  });

  it('says which package is missing where keytar cannot be loaded', async () => {
    const keychain = new FakeKeychain();
    keychain.mood = { addonMissing: 'Failed to load keytar native addon' };
    const { vault } = await openVault(keychain);
    expect((await vault.status()).hint).toMatch(/libsecret-1-0/);
    const error = await refusal(vault.stage({ env: { A: { newSecret: 'some' } } }, NOBODY));
    expect(error.hint).toMatch(/libsecret-1-0.*session only/s);
  });

  it('answers while a prompt waits, fails what comes meanwhile at once, and goes on after it', async () => {
    const { keychain, vault, ref } = await withSecret();
    keychain.mood = 'silent';
    const first = refusal(vault.resolve(ref));
    const behind = refusal(vault.resolve(ref));
    expect((await first).message).toMatch(/prompt/);
    expect((await behind).message).toMatch(/prompt/);
    const sent = keychain.requests.length;
    expect((await refusal(vault.resolve(ref))).message).toMatch(/prompt/);
    expect(keychain.requests).toHaveLength(sent);
    keychain.release();
    expect(await vault.resolve(ref)).toBe('precious');
    expect(keychain.started).toBe(1);
  });

  it('ends a helper that hangs and starts another', async () => {
    const { keychain, vault, ref } = await withSecret();
    keychain.mood = 'silent';
    await refusal(vault.resolve(ref));
    await expect.poll(() => keychain.running).toBe(0);
    keychain.mood = 'open';
    expect(await vault.resolve(ref)).toBe('precious');
    expect(keychain.started).toBe(2);
  });

  it('tries once more after a crash of the helper, and says so after two', async () => {
    const { keychain, vault, ref } = await withSecret();
    keychain.mood = 'crashing';
    keychain.before = () => (keychain.mood = keychain.started < 2 ? 'crashing' : 'open');
    expect(await vault.resolve(ref)).toBe('precious');
    keychain.before = () => undefined;
    keychain.mood = 'crashing';
    expect((await refusal(vault.resolve(ref))).message).toMatch(/crashed twice/);
    keychain.mood = 'open';
    expect(await vault.resolve(ref)).toBe('precious');
  });

  it('finds a keyring that was restarted by starting the helper anew', async () => {
    const { keychain, vault, ref } = await withSecret();
    keychain.mood = { words: 'The name org.freedesktop.secrets was not provided by any .service files' };
    keychain.before = () => {
      if (keychain.started > 1) keychain.mood = 'open';
    };
    expect(await vault.resolve(ref)).toBe('precious');
    expect(keychain.started).toBe(2);
  });

  it('does not fail a removal, and deletes at the next start what it could not delete', async () => {
    const { keychain, vault, dataDir, created } = await withSecret();
    keychain.mood = 'locked';
    await vault.remove(created);
    keychain.mood = 'open';
    expect(keychain.entries.size).toBe(1);
    const after = await openVault(keychain, { dataDir });
    await after.vault.sweep(NOBODY);
    expect(keychain.entries.size).toBe(0);
  });

  it('tells when orphans cannot be deleted yet, and knows them still at the start after', async () => {
    const { keychain, vault, dataDir, created } = await withSecret();
    keychain.mood = 'locked';
    await vault.remove(created);
    const second = await openVault(keychain, { dataDir });
    expect((await refusal(second.vault.sweep(NOBODY))).message).toMatch(/1 secret that nothing uses/);
    keychain.mood = 'open';
    await second.vault.dispose();
    const third = await openVault(keychain, { dataDir });
    await third.vault.sweep(NOBODY);
    expect(keychain.entries.size).toBe(0);
  });

  it('ends the helper when it has nothing to do', async () => {
    const keychain = new FakeKeychain();
    const { vault } = await openVault(keychain, { limits: { answerMs: 1_000, hangMs: 2_000, idleMs: 20 } });
    await vault.status();
    await expect.poll(() => keychain.running).toBe(0);
    expect((await vault.stage<Env>({ env: { A: { newSecret: 'again' } } }, NOBODY)).created).toHaveLength(1);
  });
});

describe('secrets for this session only', () => {
  it('stay in memory, touch neither keychain nor disk, and are known to be lost afterwards', async () => {
    const keychain = new FakeKeychain();
    const { vault, dataDir } = await openVault(keychain, { storage: () => 'session' });
    const staged = await vault.stage<Env>({ env: { A: { newSecret: 'for now' } } }, NOBODY);
    await staged.commit([]);
    expect(staged.created[0]).toMatch(/^ses-/);
    expect(await vault.resolve(staged.value.env['A'] as Ref)).toBe('for now');
    expect(vault.lost(staged.created)).toEqual([]);
    expect(keychain.started).toBe(0);
    await expect(readFile(join(dataDir, 'vault-journal.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' });
    const after = await openVault(keychain, { dataDir });
    expect(after.vault.lost([...staged.created, 'sec-x'])).toEqual(staged.created);
    const error = await refusal(after.vault.resolve(staged.value.env['A'] as Ref));
    expect(error).toMatchObject({ code: 'keychain_unavailable' });
    expect(error.message).toMatch(/session/);
  });
});
