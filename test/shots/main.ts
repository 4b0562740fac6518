import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Server } from '../../src-main/contract/index.js';
import { startFakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta } from '../fakes/letta/index.js';
import { Host, ROOT } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import type { RpcClient } from '../support/rpc-client.js';
import { syncShots } from './sync.js';

type Shot = { name: string; hash: string; theme: 'light' | 'dark'; width: number; height: number };

const LARGE = { width: 1_280, height: 800 };
const SMALL = { width: 900, height: 600 };

/** The pictures of the README first; the others are for whoever changes the window and wants to look at all of it. */
function shots(everything: string): Shot[] {
  const screens = {
    'patch-bay': '#/',
    overview: `#/servers/${everything}/overview`,
    configure: `#/servers/${everything}/configure`,
    tools: `#/servers/${everything}/tools`,
    logs: `#/servers/${everything}/logs`,
    remotes: '#/remotes',
    settings: '#/settings',
  };
  return Object.entries(screens).flatMap(([screen, hash]) =>
    (['light', 'dark'] as const).flatMap((theme) => [
      { name: `${screen}-${theme}`, hash, theme, ...LARGE },
      { name: `${screen}-${theme}-small`, hash, theme, ...SMALL },
    ]),
  );
}

/** Run by name out of this repository's packages, so that no picture shows where the repository is. */
const local = (name: string, ...args: string[]) => ({
  type: 'stdio',
  command: 'npx',
  args: [`mcp-server-${name}`, ...args],
  cwd: ROOT,
});

async function fill(client: RpcClient, urls: { letta: string; bifrost: string }): Promise<string> {
  const create = async (server: object): Promise<Server> =>
    ((await client.raw('server.create', { server })) as { server: Server }).server;
  const everything = await create({
    name: 'everything',
    tags: ['demo'],
    transport: local('everything'),
  });
  const files = await create({ name: 'files', tags: ['demo'], transport: local('filesystem', '.') });
  const memory = await create({ name: 'memory', transport: local('memory') });
  const linear = await create({
    name: 'linear',
    transport: {
      type: 'sse',
      url: 'https://mcp.linear.app/sse',
      headers: { Authorization: { newSecret: 'Bearer example' } },
    },
  });
  await create({
    name: 'postgres',
    transport: { type: 'stdio', command: 'postgres-mcp', args: ['--read-only'] },
  });
  const { remote: letta } = await client.call('remote.create', {
    remote: { kind: 'letta', name: 'Letta', baseUrl: urls.letta },
  });
  const { remote: bifrost } = await client.call('remote.create', {
    remote: { kind: 'bifrost', name: 'Bifrost', baseUrl: urls.bifrost },
  });
  const pairs = [
    [everything, letta],
    [everything, bifrost],
    [files, letta],
    [memory, bifrost],
    [linear, letta],
    [linear, bifrost],
  ] as const;
  const resolve: Record<string, 'local'> = {};
  for (const [server, remote] of pairs) {
    const { link } = await client.call('link.create', { serverId: server.id, remoteId: remote.id });
    resolve[link.id] = 'local';
  }
  await client.call('sync.apply', { resolve });
  await client.call('server.update', {
    id: memory.id,
    patch: { tools: { pricing: { search_nodes: 0.001 } } },
  });
  for (const server of [everything, files, memory]) await client.call('run.start', { serverId: server.id });
  const { servers } = await client.call('app.snapshot', {});
  const broken = servers.find(({ name }) => name === 'postgres');
  await client.call('run.start', { serverId: broken?.id ?? '' }).catch(() => undefined);
  return everything.id;
}

/** `npm run shots [-- FOLDER]`: every screen of the built app, filled and in use, in both themes and two sizes. */
async function main(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const keychain = await KeychainSession.start();
  const letta = await startFakeLetta({ version: '0.16.6', stdio: true });
  const bifrost = await startFakeBifrost({ version: '1.5' });
  const host = await Host.start({ env: keychain.env });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  try {
    const everything = await fill(host.client, { letta: letta.url, bifrost: bifrost.url });
    for (const { name, hash, theme, width, height } of shots(everything)) {
      const page = await browser.newPage({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: 'reduce',
      });
      await page.goto(host.ready.url);
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      await page.evaluate((next) => (window.location.hash = next), hash);
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: join(folder, `${name}.png`) });
      await page.close();
    }
  } finally {
    await browser.close();
    await host[Symbol.asyncDispose]();
    await Promise.all([letta.close(), bifrost.close()]);
    await keychain.stop();
  }
}

const folder = process.argv[2] ?? join(ROOT, '.cache/shots');
await main(folder);
await syncShots(folder);
