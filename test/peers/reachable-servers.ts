import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { UrlType } from '../contract/bifrost-peer.js';
import { realServer } from '../support/host.js';

/** Real MCP servers for a gateway that connects to whatever it is given. */
export type ReachableServers = {
  urls: Record<UrlType, readonly [string, string]>;
  types: readonly UrlType[];
  commands: readonly [string, string];
  close(): Promise<void>;
};

/** Two addresses of one server whose first and last four characters, all that a gateway shows, are the same. */
const twice = (url: string): readonly [string, string] => [
  url,
  `${url}${url.includes('?') ? '&' : '?'}jackfield=${url.slice(-4)}`,
];

/** @param url of a server (streamable HTTP) that is there already; without one they are started on this computer */
export async function startReachableServers(url: string | undefined): Promise<ReachableServers> {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-peers-'));
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map(end));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const commands = [await script(folder, 'one'), await script(folder, 'two')] as const;
    if (url !== undefined) {
      const both = twice(url);
      return { urls: { sse: both, streamable_http: both }, types: ['streamable_http'], commands, close };
    }
    const sse = twice(`${await start('sse', children)}/sse`);
    const streamable_http = twice(`${await start('streamableHttp', children)}/mcp`);
    return { urls: { sse, streamable_http }, types: ['sse', 'streamable_http'], commands, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A command that is the same MCP server whatever arguments it gets. */
async function script(folder: string, name: string): Promise<string> {
  const { command, args } = realServer('everything');
  const file = join(folder, name);
  const quoted = [command, ...args].map((text) => `'${text.replaceAll("'", String.raw`'\''`)}'`);
  await writeFile(file, `#!/bin/sh\nexec ${quoted.join(' ')}\n`);
  await chmod(file, 0o755);
  return file;
}

async function start(mode: 'sse' | 'streamableHttp', children: ChildProcess[]): Promise<string> {
  const port = await freePort();
  const { command, args } = realServer('everything', mode);
  const child = spawn(command, args, { env: { ...process.env, PORT: String(port) }, stdio: 'ignore' });
  children.push(child);
  const listening = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve()));
      socket.once('error', reject);
    });
  await vi.waitFor(listening, { timeout: 30_000 });
  return `http://127.0.0.1:${port}`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
