import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSecretRef, type Server } from '../../src-main/contract/index.js';
import { Host, realServer, ROOT } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import { filesThatHold, formsOf } from '../support/look-for.js';
import type { WireError } from '../support/rpc-client.js';

type Started = Awaited<ReturnType<typeof Host.start>>;
const run = promisify(execFile);

const marker = (): string => `mark/er+"ü" ${randomUUID()}`;

function secretOf(server: Server, name: string): string {
  const value = server.transport.type === 'stdio' ? server.transport.env[name] : undefined;
  if (!isSecretRef(value)) throw new Error(`${name} is not kept as a secret`);
  return value.secret;
}

describe('a secret, from the form to the server and nowhere else', () => {
  let keychain: KeychainSession;
  let host: Started;
  beforeAll(async () => {
    keychain = await KeychainSession.start();
    host = await Host.start({ env: keychain.env });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await keychain.stop();
  });

  /** What the keychain really holds, read by another process. */
  const inKeychain = async (account: string): Promise<string | null> => {
    const script = `require('keytar').getPassword('Jackfield', process.argv[1]).then((v) => console.log(JSON.stringify(v)))`;
    const { stdout } = await run(process.execPath, ['-e', script, account], { cwd: ROOT, env: keychain.env });
    const base64 = JSON.parse(stdout) as string | null;
    return base64 === null ? null : Buffer.from(base64, 'base64').toString('utf8');
  };

  it('lands in the keychain, reaches the server, and is in no file, frame or log', async () => {
    expect((await host.client.call('app.info', {})).keychain).toEqual({ available: true });
    const secret = marker();
    const { server } = await host.client.call('server.create', {
      server: {
        name: 'with a token',
        transport: { ...realServer('everything'), env: { MY_TOKEN: { newSecret: secret } } },
      },
    });
    const id = secretOf(server, 'MY_TOKEN');
    expect(await inKeychain(id)).toBe(secret);

    await host.client.call('run.start', { serverId: server.id });
    const { tools } = await host.client.call('tool.list', { serverId: server.id });
    const printEnv = tools.find((tool) => /env/i.test(tool.name))?.name ?? 'get-env';
    const { result } = await host.client.call('tool.call', { serverId: server.id, name: printEnv });
    // The server was given it and a person asked it to say so: the answer is the one frame that may hold it.
    const answer = JSON.stringify(result);
    expect(answer).toContain(JSON.stringify(JSON.stringify(secret)).slice(1, -1));

    const others = host.client.frames.filter(
      (frame) => !frame.includes('MY_TOKEN') || !frame.includes('"result":{"result"'),
    );
    expect(others.filter((frame) => formsOf(secret).some((form) => frame.includes(form)))).toEqual([]);
    expect(await filesThatHold(host.dataDir, secret)).toEqual([]);
    expect(host.stderr + host.stdout).not.toContain(secret);
    await host.client.call('run.stop', { serverId: server.id });
  });

  it('is replaced under a new id, and the old one is gone', async () => {
    const [first, second] = [marker(), marker()];
    const { server } = await host.client.call('server.create', {
      server: {
        name: 'rotating',
        transport: { type: 'stdio', command: 'node', env: { A: { newSecret: first } } },
      },
    });
    const old = secretOf(server, 'A');
    const updated = await host.client.call('server.update', {
      id: server.id,
      patch: { transport: { env: { A: { newSecret: second } } } },
    });
    const fresh = secretOf(updated.server, 'A');
    expect([await inKeychain(old), await inKeychain(fresh)]).toEqual([null, second]);

    const cleared = await host.client.call('server.update', {
      id: server.id,
      patch: { transport: { env: { A: null } } },
    });
    expect(cleared.server.transport).toMatchObject({ env: {} });
    expect(await inKeychain(fresh)).toBeNull();
  });

  it('is copied for a duplicate and goes with its server', async () => {
    const secret = marker();
    const { server } = await host.client.call('server.create', {
      server: {
        name: 'original',
        transport: { type: 'stdio', command: 'node', env: { A: { newSecret: secret } } },
      },
    });
    const copy = (await host.client.call('server.duplicate', { id: server.id })).server;
    expect(secretOf(copy, 'A')).not.toBe(secretOf(server, 'A'));
    await host.client.call('server.remove', { id: server.id });
    expect(await inKeychain(secretOf(server, 'A'))).toBeNull();
    expect(await inKeychain(secretOf(copy, 'A'))).toBe(secret);
  });

  it('cannot be borrowed by another server', async () => {
    const { server } = await host.client.call('server.create', {
      server: {
        name: 'owner',
        transport: { type: 'stdio', command: 'node', env: { A: { newSecret: marker() } } },
      },
    });
    const stolen = { secret: secretOf(server, 'A') };
    const borrowing = host.client.call('server.create', {
      server: {
        name: 'thief',
        transport: { type: 'stdio', command: 'sh', args: ['-c', 'echo $A'], env: { A: stolen } },
      },
    });
    await expect(borrowing).rejects.toMatchObject({
      data: { code: 'invalid', issues: [{ path: 'transport.env.A' }] },
    });
  });

  it('leaves nothing behind when the edit it came with is refused', async () => {
    await host.client.call('server.create', { server: { name: 'holder', transport: { type: 'inprocess' } } });
    const secret = marker();
    const refused = host.client.call('server.create', {
      server: {
        name: 'HOLDER',
        transport: { type: 'stdio', command: 'node', env: { A: { newSecret: secret } } },
      },
    });
    await expect(refused).rejects.toMatchObject({ data: { code: 'name_taken' } });
    expect(await filesThatHold(keychain.env['HOME'] ?? '', secret)).toEqual([]);
  });
});

describe('without a keychain', () => {
  let host: Started;
  beforeAll(async () => {
    host = await Host.start({ env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus', DISPLAY: '' } });
  });
  afterAll(() => host[Symbol.asyncDispose]());

  const withSecret = (name: string, secret: string) =>
    host.client.call('server.create', {
      server: { name, transport: { ...realServer('everything'), env: { MY_TOKEN: { newSecret: secret } } } },
    });

  it('says so, refuses secrets with a hint, and does everything else', async () => {
    const { keychain } = await host.client.call('app.info', {});
    expect(keychain).toMatchObject({ available: false, reason: expect.stringMatching(/\w/) as string });
    const refused = await withSecret('refused', 'a secret').then(
      () => undefined,
      (error: unknown) => error as WireError,
    );
    expect(refused?.data).toMatchObject({
      code: 'keychain_unavailable',
      hint: expect.stringMatching(/session/i) as string,
    });
    const { server } = await host.client.call('server.create', {
      server: { name: 'plain', transport: realServer('memory') },
    });
    expect((await host.client.call('run.start', { serverId: server.id })).run.state).toBe('running');
  });

  it('keeps secrets for the session once asked to, writes nothing, and asks again afterwards', async () => {
    await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
    const secret = marker();
    const { server } = await withSecret('for now', secret);
    expect((await host.client.call('run.start', { serverId: server.id })).run.state).toBe('running');
    expect(await filesThatHold(host.dataDir, secret)).toEqual([]);
    const { dataDir } = host;
    await host.stop();
    const again = await Host.start({ dataDir });
    expect((await again.client.call('app.snapshot', {})).lostSecrets).toEqual([secretOf(server, 'MY_TOKEN')]);
    await expect(again.client.call('run.start', { serverId: server.id })).rejects.toMatchObject({
      data: { code: 'keychain_unavailable' },
    });
    await again.stop();
  });
});
