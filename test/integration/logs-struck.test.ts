import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Host, realServer } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import { filesThatHold } from '../support/look-for.js';

/** What a server printed of a value before anybody said that it is a secret. */
describe('a value that becomes a secret', () => {
  let keychain: KeychainSession;
  let host: Awaited<ReturnType<typeof Host.start>>;
  beforeAll(async () => {
    keychain = await KeychainSession.start();
    host = await Host.start({ env: keychain.env });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await keychain.stop();
  });

  const script = `data:text/javascript,console.error('hello', process.env.GREETING, process.argv.at(-1))`;
  async function printing(name: string, value: string, inArgs = false) {
    const { command, args } = realServer('everything');
    const { server } = await host.client.call('server.create', {
      server: {
        name,
        transport: {
          type: 'stdio',
          command,
          args: ['--import', script, ...args, 'stdio', ...(inArgs ? [`--greet=${value}`] : [])],
          env: inArgs ? {} : { GREETING: value },
        },
      },
    });
    await host.client.call('run.start', { serverId: server.id });
    const lines = async (): Promise<string> => {
      const { entries } = await host.client.call('run.logs', { serverId: server.id });
      return entries.map(({ text }) => text).join('\n');
    };
    await expect.poll(lines).toContain(value);
    await expect.poll(() => filesThatHold(join(host.dataDir, 'logs'), value)).not.toEqual([]);
    return { server, lines };
  }

  it('is blanked in what its server has printed, in memory and on disk', async () => {
    const value = `good morning ${randomUUID()}`;
    const { server, lines } = await printing('polite', value);
    const before = (await lines()).split('\n').length;
    const size = await stat(join(host.dataDir, 'logs', `${server.id}.log`));
    await host.client.call('server.update', {
      id: server.id,
      patch: { transport: { env: { GREETING: { newSecret: value } } } },
    });
    expect(await lines()).not.toContain(value);
    expect((await lines()).split('\n').length).toBeGreaterThanOrEqual(before);
    expect(await lines()).toContain('hello ••••');
    expect(await filesThatHold(host.dataDir, value)).toEqual([]);
    expect((await stat(join(host.dataDir, 'logs', `${server.id}.log`))).mode).toBe(size.mode);
    // The log goes on where it was.
    await host.client.call('run.restart', { serverId: server.id });
    expect(await filesThatHold(host.dataDir, value)).toEqual([]);
    const { entries } = await host.client.call('run.logs', { serverId: server.id });
    const numbers = entries.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('is blanked where it stood in an argument, also of a server that does not run', async () => {
    const value = `good evening ${randomUUID()}`;
    const { server, lines } = await printing('chatty', value, true);
    await host.client.call('run.stop', { serverId: server.id });
    const { args } = server.transport as { args: string[] };
    await host.client.call('server.update', {
      id: server.id,
      patch: { transport: { args: args.slice(0, -1), env: { GREETING: { newSecret: value } } } },
    });
    expect(await lines()).not.toContain(value);
    expect(await filesThatHold(host.dataDir, value)).toEqual([]);
    expect(await readdir(join(host.dataDir, 'logs'))).not.toContainEqual(expect.stringMatching(/tmp$/));
  });
});
