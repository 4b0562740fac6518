import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { COMMAND, jackfield } from '../support/command.js';
import { Host } from '../support/host.js';
import { real } from '../support/runtime-bench.js';

/** Lets through only what carries the token. */
function guard(port: number): Server {
  return createServer((incoming, outgoing) => {
    if (incoming.headers['x-token'] !== 'let me in') return void outgoing.writeHead(401).end();
    const { method, url, headers } = incoming;
    const onward = request({ port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe.each([
  ['streamable_http', 'streamableHttp', '/mcp', 'streamable_http'],
  ['sse', 'sse', '/sse', 'sse'],
  ['an older server that is set up as streamable', 'sse', '/sse', 'streamable_http'],
] as const)('jackfield run of a server at a URL: %s', (_what, mode, path, type) => {
  let host: Awaited<ReturnType<typeof Host.start>>;
  let child: ChildProcess;
  let door: Server;
  beforeAll(async () => {
    const port = await freePort();
    child = spawn(process.execPath, [real('everything'), mode], {
      env: { ...process.env, PORT: String(port) },
      stdio: 'ignore',
    });
    await vi.waitFor(
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve()));
          socket.once('error', reject);
        }),
      { timeout: 20_000 },
    );
    door = guard(port).listen(0, '127.0.0.1');
    await once(door, 'listening');
    const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}${path}`;
    host = await Host.start();
    await host.client.call('server.create', {
      server: { name: 'web', transport: { type, url, headers: { 'X-Token': 'let me in' } } },
    });
    await host.client.call('server.create', { server: { name: 'shut', transport: { type, url } } });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    door.closeAllConnections();
    door.close();
    child.kill('SIGKILL');
  });

  it('serves a client that speaks stdio alone', async () => {
    const client = new Client({ name: 'test', version: '1' });
    const args = [COMMAND, 'run', 'web', '--data-dir', host.dataDir];
    const transport = new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' });
    await client.connect(transport);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('echo');
    const { content } = await client.callTool({ name: 'echo', arguments: { message: 'ünïcode 🧀' } });
    expect(content).toEqual([{ type: 'text', text: 'Echo: ünïcode 🧀' }]);
    await client.close();
  });

  it('answers what could not be delivered, and says why', async () => {
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    };
    const input = `${JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'initialize', params })}\n{"no":"message"}\n`;
    const { stdout, stderr } = await jackfield(['run', 'shut'], { dataDir: host.dataDir, input });
    expect(JSON.parse(stdout)).toMatchObject({ id: 7, error: { code: -32000 } });
    expect(stderr).toMatch(/401/);
    expect(stderr).toContain('no JSON-RPC message');
  });
});
