import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSecretRef, type Value } from '../../../src-main/contract/index.js';
import { startFakeLetta } from '../../fakes/letta/index.js';
import { Host, realServer } from '../../support/host.js';
import { KeychainSession } from '../../support/keychain-session.js';

const marker = (where: string): string => `mark/${where}+"é" ${randomUUID()}`;

/**
 * A host as somebody has it who uses everything: a marked secret in each field that takes one, a server that tells
 * whoever asks what it was given, a gateway, and a command from elsewhere that nobody has allowed.
 */
export async function setStage() {
  const keychain = await KeychainSession.start();
  const outer = await mkdtemp(join(tmpdir(), 'jackfield-stage-'));
  const home = join(outer, 'home');
  await mkdir(join(home, '.cursor'), { recursive: true });
  await writeFile(join(home, '.cursor/mcp.json'), '{"mcpServers":{}}');
  await writeFile(join(home, 'diary.txt'), 'nobody else’s business');
  const host = await Host.start({
    env: { ...keychain.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') },
  });
  const secrets = {
    env: marker('env'),
    header: marker('header'),
    token: marker('token'),
    client: marker('client'),
    bearer: `bearer-${randomUUID()}`,
    basic: marker('basic'),
    remoteHeader: `remote-${randomUUID()}`,
    virtualKey: `sk-bf-${randomUUID()}`,
    replaced: marker('replaced'),
  };
  const letta = await startFakeLetta({ version: '0.16.6', password: secrets.bearer });
  const hidden = (newSecret: string) => ({ newSecret });
  const { call } = { call: host.client.call.bind(host.client) };

  const { server } = await call('server.create', {
    server: {
      name: 'talkative',
      transport: { ...realServer('everything'), env: { MY_TOKEN: hidden(secrets.replaced) } },
    },
  });
  const { server: talkative } = await call('server.update', {
    id: server.id,
    patch: { transport: { env: { MY_TOKEN: hidden(secrets.env) } } },
  });
  const { server: web } = await call('server.create', {
    server: {
      name: 'web',
      transport: {
        type: 'streamable_http',
        url: 'https://mcp.example.org/mcp',
        headers: { 'X-Key': hidden(secrets.header) },
        auth: { type: 'header', header: 'Authorization', token: hidden(secrets.token) },
      },
    },
  });
  await call('server.create', {
    server: {
      name: 'oauth',
      transport: {
        type: 'sse',
        url: 'https://mcp.example.org/sse',
        auth: { type: 'oauth', clientId: 'x', clientSecret: hidden(secrets.client) },
      },
    },
  });
  const { remote } = await call('remote.create', {
    remote: {
      kind: 'letta',
      name: 'Letta',
      baseUrl: letta.url,
      auth: { type: 'bearer', token: hidden(secrets.bearer) },
      headers: { 'X-Project-Id': hidden(secrets.remoteHeader) },
    },
  });
  await call('remote.create', {
    remote: {
      kind: 'bifrost',
      name: 'Bifrost',
      baseUrl: 'http://127.0.0.1:9',
      auth: { type: 'basic', username: 'ada', password: hidden(secrets.basic) },
      headers: { 'x-bf-vk': hidden(secrets.virtualKey) },
    },
  });
  const { link } = await call('link.create', { serverId: web.id, remoteId: remote.id });
  await call('sync.apply', { linkIds: [link.id] });
  await call('run.start', { serverId: talkative.id });

  const trace = join(outer, 'it-ran');
  const script = `require('fs').writeFileSync(${JSON.stringify(trace)}, '')`;
  const source = {
    text: JSON.stringify({ mcpServers: { foreign: { command: process.execPath, args: ['-e', script] } } }),
  };
  const { items } = await call('import.preview', { source });
  const { added } = await call('import.apply', {
    source,
    choices: { [items[0]?.key ?? '']: { action: 'add' } },
  });

  const idOf = (value: Value | undefined): string => (isSecretRef(value) ? value.secret : '');
  return {
    host,
    home,
    outer,
    secrets,
    facts: {
      talkative: talkative.id,
      web: web.id,
      foreign: added[0] ?? '',
      remote: remote.id,
      link: link.id,
      secretId: idOf(talkative.transport.type === 'stdio' ? talkative.transport.env['MY_TOKEN'] : undefined),
      home,
      outside: join(outer, 'outside'),
    },
    foreignRan: () => existsSync(trace),
    /** Every file outside the data folder, with what it holds. */
    filesOutside: () => filesOf(outer),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await letta.close();
      await keychain.stop();
      await rm(outer, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export type Stage = Awaited<ReturnType<typeof setStage>>;
export type Facts = Stage['facts'];

async function filesOf(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path, await readFile(path, 'latin1'));
  }
  return files;
}
