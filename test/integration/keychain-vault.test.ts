import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AppError } from '../../src-main/contract/index.js';
import { processStartTime } from '../../src-main/platform/process-identity.js';
import { launchNodeHelper } from '../../src-main/vault/node-helper.js';
import { Vault, type HelperProcess, type VaultOptions } from '../../src-main/vault/vault.js';
import { bundleForNode } from '../support/bundle.js';
import { KEYCHAIN_HELPER, keychainHelper } from '../support/keychain-helper.js';
import { KeychainSession } from '../support/keychain-session.js';
import { tempFolder } from '../support/temp-folder.js';

type Env = { env: Record<string, { secret: string }> };
const NOBODY: ReadonlySet<string> = new Set();

const failure = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => expect.fail('It should have failed'),
    (error: AppError) => error,
  );

async function openVault(env: NodeJS.ProcessEnv, options: Partial<VaultOptions> = {}): Promise<Vault> {
  const dataDir = options.dataDir ?? (await tempFolder());
  const launchHelper = await keychainHelper(env);
  const vault = await Vault.open({ launchHelper, storage: () => 'keychain', ...options, dataDir });
  onTestFinished(() => vault.dispose());
  return vault;
}

const keep = (vault: Vault, values: Record<string, string>) =>
  vault.stage<Env>(
    {
      env: Object.fromEntries(
        Object.entries(values).map(([name, newSecret]) => [name, { newSecret }]),
      ) as never,
    },
    NOBODY,
  );

describe.skipIf(process.platform !== 'linux')('a real keyring', () => {
  let session: KeychainSession;
  beforeAll(async () => {
    session = await KeychainSession.start();
  });
  beforeEach(() => session.unlock());
  afterAll(() => session.stop());

  it('keeps secrets of every kind, and holds nothing when they are removed', async () => {
    const vault = await openVault(session.env);
    expect(await vault.status()).toEqual({ available: true });
    expect(await session.accounts()).toEqual([]);
    const values = {
      LINES: 'one\ntwo\r\nthree\n',
      UNICODE: 'pässwörd 🔑 密码',
      QUOTES: `"'\\\`$(x)%&`,
      LONG: '🔑'.repeat(32_768),
      SPACE: '  leading and trailing  ',
    };
    const staged = await keep(vault, values);
    await staged.commit([]);
    expect(await vault.resolveMap(staged.value.env)).toEqual(values);
    expect(await session.accounts()).toEqual([...staged.created].sort());
    await vault.remove(staged.created);
    expect(await session.accounts()).toEqual([]);
  });

  it('keeps 200 secrets, and reads them back after a restart', async () => {
    const dataDir = await tempFolder();
    const first = await openVault(session.env, { dataDir });
    const values = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`V${n}`, `value number ${n}`]));
    const staged = await keep(first, values);
    await staged.commit([]);
    await first.dispose();
    const second = await openVault(session.env, { dataDir });
    await second.sweep(new Set(staged.created));
    expect(await second.resolveMap(staged.value.env)).toEqual(values);
    await second.remove(staged.created);
    expect(await session.accounts()).toEqual([]);
  });

  it('that is locked is told from one that lost a secret, and nothing is forgotten', async () => {
    const vault = await openVault(session.env);
    const { value, created } = await keep(vault, { A: 'precious' });
    await session.lock();
    expect((await failure(vault.resolve(value.env['A'] as { secret: string }))).message).toMatch(/locked/);
    expect(await vault.status()).toMatchObject({
      available: false,
      reason: 'The keychain is locked.',
    });
    expect((await failure(keep(vault, { B: 'another' }))).code).toBe('keychain_unavailable');
    await vault.remove(created);
    await session.unlock();
    expect(await vault.resolve(value.env['A'] as { secret: string })).toBe('precious');
    await vault.remove(created);
    const gone = await failure(vault.resolve(value.env['A'] as { secret: string }));
    expect(gone.message).toMatch(/open, but this secret is not in it/);
  });

  it('that dies in the middle of many calls fails them in words and is found again when it is back', async () => {
    const vault = await openVault(session.env);
    const before = await keep(vault, { KEPT: 'kept' });
    await before.commit([]);
    const values = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`V${n}`, `value ${n}`]));
    const many = failure(keep(vault, values));
    await expect.poll(async () => (await session.accounts()).length).toBeGreaterThan(5);
    await session.killKeyring();
    expect(await many).toMatchObject({ code: 'keychain_unavailable' });
    expect(await vault.status()).toMatchObject({ available: false });
    await session.unlock();
    expect(await vault.resolve(before.value.env['KEPT'] as { secret: string })).toBe('kept');
    // What was set before the keyring died is taken back as soon as it answers.
    await expect.poll(() => session.accounts()).toEqual(before.created);
    await vault.remove(before.created);
  });

  it('cleans up at the next start what a keyring that died could not delete', async () => {
    const dataDir = await tempFolder();
    const first = await openVault(session.env, { dataDir });
    const { created } = await keep(first, { A: 'a', B: 'b' });
    await session.killKeyring();
    await first.remove(created);
    await first.dispose();
    await session.unlock();
    const second = await openVault(session.env, { dataDir });
    await second.sweep(NOBODY);
    expect(await session.accounts()).toEqual([]);
  });

  it('that takes calls and never answers holds nobody up', async () => {
    const vault = await openVault(session.env, { limits: { answerMs: 300, hangMs: 30_000, idleMs: 30_000 } });
    const { value, created } = await keep(vault, { A: 'patience' });
    session.freezeKeyring();
    onTestFinished(() => session.thawKeyring());
    const first = await failure(vault.resolve(value.env['A'] as { secret: string }));
    expect(first.message).toMatch(/has not answered; a prompt may be waiting/);
    // The frozen keyring answers none of these; that they come to an end at all is the point.
    expect((await vault.status()).available).toBe(false);
    expect((await failure(keep(vault, { B: 'b' }))).message).toMatch(/prompt may be waiting/);
    session.thawKeyring();
    await expect
      .poll(() => vault.resolve(value.env['A'] as { secret: string }).catch(() => undefined), {
        timeout: 10_000,
      })
      .toBe('patience');
    await vault.remove(created);
  });

  it('is reached again after the helper was killed in the middle of a call', async () => {
    const path = await bundleForNode(KEYCHAIN_HELPER);
    const helpers: HelperProcess[] = [];
    const launchHelper = (): HelperProcess => {
      const helper = launchNodeHelper(path, session.env);
      helpers.push(helper);
      return helper;
    };
    const vault = await openVault(session.env, { launchHelper });
    const values = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`V${n}`, `value ${n}`]));
    const keeping = keep(vault, values);
    await expect.poll(async () => (await session.accounts()).length).toBeGreaterThan(5);
    helpers[0]?.kill();
    const staged = await keeping;
    expect(helpers).toHaveLength(2);
    expect(await vault.resolveMap(staged.value.env)).toEqual(values);
    await staged.rollback();
    expect(await session.accounts()).toEqual([]);
  });

  it('writes no value to the data folder', async () => {
    const dataDir = await tempFolder();
    const vault = await openVault(session.env, { dataDir });
    const staged = await keep(vault, { A: 'MARKER-4711' });
    await staged.commit([]);
    await vault.remove(staged.created);
    await vault.dispose();
    for (const name of await readdir(dataDir)) {
      const text = await readFile(join(dataDir, name), 'utf8');
      expect(text).not.toContain('MARKER-4711');
      expect(text).not.toContain(Buffer.from('MARKER-4711').toString('base64'));
    }
  });
});

describe.skipIf(process.platform !== 'linux')('without a keyring', () => {
  it('says that no program keeps secrets where there is a bus alone', async () => {
    const session = await KeychainSession.start({ keyring: false });
    onTestFinished(() => session.stop());
    const vault = await openVault(session.env);
    const status = await vault.status();
    expect(status.reason).toMatch(/No program that keeps secrets/);
    expect(status.hint).toMatch(/gnome-keyring.*session only/);
  });

  it.each([
    ['no bus', undefined],
    ['a bus that is gone', 'unix:path=/nowhere/at/all'],
  ])('says so where there is %s', async (_, address) => {
    const home = await mkdtemp(join(tmpdir(), 'jf-nobus-'));
    onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
    const { DBUS_SESSION_BUS_ADDRESS: _bus, XDG_RUNTIME_DIR: _run, DISPLAY: _display, ...rest } = process.env;
    const env = { ...rest, HOME: home, ...(address && { DBUS_SESSION_BUS_ADDRESS: address }) };
    const vault = await openVault(env);
    const status = await vault.status();
    expect(status.available).toBe(false);
    expect(status.reason).toMatch(/D-Bus/);
    const error = await failure(keep(vault, { A: 'x' }));
    expect(error).toMatchObject({ code: 'keychain_unavailable' });
  });
});

describe('the helper', () => {
  it('ends with its host, also when that is killed', async () => {
    const path = await bundleForNode(KEYCHAIN_HELPER);
    const script = `
      const { fork } = require('node:child_process');
      const child = fork(${JSON.stringify(path)}, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      child.once('message', () => console.log(child.pid));
      child.send({ id: 1, op: 'get', account: 'nobody' });
    `;
    const host = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = Number(await new Promise((resolve) => host.stdout.once('data', resolve)));
    expect(await processStartTime(pid)).toBeDefined();
    host.kill('SIGKILL');
    await expect.poll(() => processStartTime(pid)).toBeUndefined();
  });
});
