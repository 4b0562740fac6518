import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { real, RuntimeBench } from '../support/runtime-bench.js';

let bench: RuntimeBench;
const cleanups: (() => unknown)[] = [];
beforeEach(async () => {
  bench = await RuntimeBench.open({ handshakeMs: 5_000 });
});
afterEach(async () => {
  await bench.close();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function everything(mode: 'streamableHttp' | 'sse', port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [real('everything'), mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  cleanups.push(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  const listening = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve()));
      socket.once('error', reject);
    });
  await vi.waitFor(listening, { timeout: 10_000 });
  return child;
}

async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => closeAll(server));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function closeAll(server: Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

const body = async (message: IncomingMessage): Promise<{ id: number; method: string }> => {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return JSON.parse(text) as { id: number; method: string };
};

/** The least a streamable HTTP server must do; each handshake is a new session. */
function minimal(seen: IncomingMessage[] = [], sessions = new Set<string>()) {
  return async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push(message);
    if (message.method !== 'POST') return void response.writeHead(405).end();
    const { id, method } = await body(message);
    const session = message.headers['mcp-session-id'] as string | undefined;
    const results: Record<string, object> = {
      initialize: {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'minimal', version: '1' },
      },
      'tools/list': { tools: [{ name: 'hi', inputSchema: { type: 'object' } }] },
      'tools/call': { content: [{ type: 'text', text: `session ${session}` }] },
      ping: {},
    };
    if (method === 'initialize') {
      sessions.add(`s${seen.length}`);
      response.setHeader('mcp-session-id', `s${seen.length}`);
    } else if (!sessions.has(session ?? '')) return void response.writeHead(404).end('unknown session');
    if (id === undefined) return void response.writeHead(202).end();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} }));
  };
}

it('one that starts by itself does not wait for a login shell, which only commands need', async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'jackfield-home-'));
  cleanups.push(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  await writeFile(path.join(home, '.bash_profile'), 'read -r answer < <(sleep 989)\n');
  const hanging = await RuntimeBench.open({ env: { SHELL: '/bin/bash', HOME: home, PATH: '/usr/bin:/bin' } });
  cleanups.push(() => hanging.close());
  const lifecycle = { autostart: true };
  hanging.node('memory', [real('memory')], { lifecycle });
  hanging.add('web', { type: 'streamable_http', url: `${await listen(minimal())}/mcp` }, { lifecycle });
  hanging.runtime.autostart([...hanging.servers.values()]);
  await vi.waitFor(() => expect(hanging.runtime.run('web').state).toBe('running'));
  expect(hanging.states.get('memory')).toBeUndefined();
  await vi.waitFor(() => expect(hanging.runtime.run('memory').state).toBe('running'));
});

describe.each([
  ['streamable_http', 'streamableHttp', '/mcp'],
  ['sse', 'sse', '/sse'],
] as const)('a real %s server', (type, mode, at) => {
  it('is a session without a process, lost when the server goes, found again when it is back', async () => {
    const port = await freePort();
    const child = await everything(mode, port);
    bench.add('web', { type, url: `http://127.0.0.1:${port}${at}` });
    const run = await bench.runtime.start('web');
    expect(run).toMatchObject({ state: 'running', serverInfo: { name: 'mcp-servers/everything' } });
    expect(run.pid).toBeUndefined();
    const echo = { name: 'echo', arguments: { message: 'hi' } };
    expect((await bench.runtime.callTool('web', echo)).result.content).toEqual([
      { type: 'text', text: 'Echo: hi' },
    ]);

    child.kill('SIGKILL');
    await once(child, 'exit');
    await bench.runtime.callTool('web', echo).catch(() => {});
    await vi.waitFor(() => expect(bench.runtime.run('web').state).toBe('backoff'));
    await everything(mode, port);
    await vi.waitFor(() => expect(bench.runtime.run('web').state).toBe('running'), { timeout: 20_000 });
    expect((await bench.runtime.callTool('web', echo)).result.content).toEqual([
      { type: 'text', text: 'Echo: hi' },
    ]);
    expect((await bench.runtime.stop('web')).state).toBe('stopped');
  }, 40_000);
});

describe('an HTTP server', () => {
  it('is sent its headers and token with every request', async () => {
    const seen: IncomingMessage[] = [];
    const url = await listen(minimal(seen));
    bench.add('web', {
      type: 'streamable_http',
      url,
      headers: { 'X-Plain': 'plain', 'X-Secret': { secret: 'sec-00000000-0000-0000-0000-000000000000' } },
      auth: { type: 'header', header: 'Authorization', token: 'Bearer T' },
    });
    await bench.runtime.start('web');
    await bench.runtime.stop('web');
    expect(seen.length).toBeGreaterThan(2);
    for (const { headers } of seen)
      expect(headers).toMatchObject({
        'x-plain': 'plain',
        'x-secret': 'hunter2-very-secret',
        authorization: 'Bearer T',
      });
    // The session is given back.
    expect(seen.at(-1)?.method).toBe('DELETE');
  });

  it('that forgot the session is given a new one without the caller noticing', async () => {
    const sessions = new Set<string>();
    const url = await listen(minimal([], sessions));
    bench.add('web', { type: 'streamable_http', url });
    await bench.runtime.start('web');
    sessions.clear();
    const hi = { name: 'hi', arguments: {} };
    const answers = await Promise.all([1, 2, 3].map(() => bench.runtime.callTool('web', hi)));
    expect(sessions.size).toBe(1);
    const text = `session ${[...sessions][0]}`;
    expect(answers.map(({ result }) => result.content)).toEqual(answers.map(() => [{ type: 'text', text }]));
    expect(bench.runtime.run('web')).toMatchObject({ state: 'running', restarts: 0 });
  });

  it('that does not answer pings any more is connected to anew', async () => {
    await bench.close();
    bench = await RuntimeBench.open({ handshakeMs: 5_000, pingMs: 150 });
    const answer = minimal();
    let mute = false;
    const url = await listen((request, response) => void (mute ? undefined : answer(request, response)));
    bench.add('web', { type: 'streamable_http', url });
    await bench.runtime.start('web');
    mute = true;
    await vi.waitFor(() => expect(bench.runtime.run('web').state).toBe('backoff'));
    expect(bench.runtime.run('web').error).toMatchObject({
      code: 'remote_unreachable',
      message: expect.stringContaining('does not answer any more'),
    });
    mute = false;
    await vi.waitFor(() => expect(bench.runtime.run('web').state).toBe('running'));
  });

  it('that is gone when the computer wakes up is noticed and found again, long before its next ping', async () => {
    const answer = minimal();
    let isGone = false;
    const url = await listen((request, response) =>
      isGone ? void request.destroy() : void answer(request, response),
    );
    bench.add('web', { type: 'streamable_http', url });
    await bench.runtime.start('web');
    isGone = true;
    bench.runtime.woke();
    await vi.waitFor(() => expect(bench.runtime.run('web').state).toBe('backoff'), { timeout: 15_000 });
    isGone = false;
    bench.runtime.woke();
    await vi.waitFor(() => expect(bench.runtime.run('web').state).toBe('running'));
  });

  it('that speaks the older transport at the same address is found', async () => {
    const port = await freePort();
    await everything('sse', port);
    bench.add('web', { type: 'streamable_http', url: `http://127.0.0.1:${port}/sse` });
    await bench.runtime.start('web');
    expect((await bench.lines('web', 'supervisor')).join()).toContain('older SSE transport');
  });

  it.each([401, 403])('that answers %i wants other credentials, and is not tried again', async (status) => {
    const url = await listen((_request, response) => void response.writeHead(status).end('no'));
    for (const type of ['streamable_http', 'sse']) {
      bench.add(type, { type, url });
      await expect(bench.runtime.start(type)).rejects.toMatchObject({ code: 'remote_unauthorized' });
      expect(bench.runtime.run(type)).toMatchObject({
        state: 'failed',
        error: { code: 'remote_unauthorized' },
      });
    }
  });

  it('that nobody runs is unreachable, and tried again', async () => {
    const url = `http://127.0.0.1:${await freePort()}/mcp`;
    for (const type of ['streamable_http', 'sse']) {
      bench.add(type, { type, url });
      await expect(bench.runtime.start(type)).rejects.toMatchObject({
        code: 'remote_unreachable',
        message: expect.stringContaining('nothing listens at that address'),
      });
      expect(bench.runtime.run(type)).toMatchObject({
        state: 'backoff',
        error: { code: 'remote_unreachable' },
      });
    }
    bench.add('never', { type: 'sse', url }, { lifecycle: { restart: 'never' } });
    await expect(bench.runtime.start('never')).rejects.toMatchObject({ code: 'remote_unreachable' });
    expect(bench.runtime.run('never').state).toBe('failed');
  });

  it('that is a web page is rejected', async () => {
    const url = await listen((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<p>Hello</p>');
    });
    bench.add('page', { type: 'streamable_http', url });
    await expect(bench.runtime.start('page')).rejects.toMatchObject({ code: 'remote_rejected' });
  });

  it.each(['streamable_http', 'sse'])('that never answers (%s) is given up after its limit', async (type) => {
    await bench.close();
    bench = await RuntimeBench.open({ handshakeMs: 400 });
    const url = await listen(() => {});
    bench.add('mute', { type, url });
    await expect(bench.runtime.start('mute')).rejects.toMatchObject({ code: 'timeout' });
  });

  it('is reached through the proxy of the settings, this computer is not', async () => {
    const asked: string[] = [];
    const target = await listen(minimal());
    const proxy = await listen((message, response) => {
      asked.push(message.url ?? '');
      const { port } = new URL(target);
      const onward = request(
        {
          host: '127.0.0.1',
          port,
          method: message.method,
          path: new URL(message.url!).pathname,
          headers: message.headers,
        },
        (answer) => answer.pipe(response.writeHead(answer.statusCode!, answer.headers)),
      );
      message.pipe(onward);
    });
    bench.settings.proxy = proxy;
    bench.add('far', { type: 'streamable_http', url: 'http://mcp.example.invalid/mcp' });
    await bench.runtime.start('far');
    expect(asked.every((url) => url.startsWith('http://mcp.example.invalid/mcp'))).toBe(true);
    const before = asked.length;
    bench.add('near', { type: 'streamable_http', url: target });
    await bench.runtime.start('near');
    await bench.runtime.stop('far');
    expect(asked.slice(before).every((url) => url.includes('example.invalid'))).toBe(true);
  });

  it('with a private certificate is trusted through the CA file of the settings', async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(bench.dataDir, name)) as [
      string,
      string,
    ];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    const handler = minimal();
    const server = createTlsServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (req, res) => void handler(req, res),
    );
    server.listen(0, 'localhost');
    await once(server, 'listening');
    cleanups.push(() => closeAll(server));
    bench.add('tls', {
      type: 'streamable_http',
      url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    });
    await expect(bench.runtime.start('tls')).rejects.toMatchObject({
      code: 'remote_unreachable',
      message: expect.stringContaining('certificate'),
      hint: expect.stringContaining('PEM'),
    });
    bench.settings.caFile = cert;
    expect((await bench.runtime.restart('tls')).state).toBe('running');
    bench.settings.caFile = path.join(bench.dataDir, 'none.pem');
    await expect(bench.runtime.restart('tls')).rejects.toMatchObject({ code: 'io' });
  });

  it('is examined by the doctor', async () => {
    const url = await listen((_request, response) => void response.writeHead(404).end());
    const codes = async (id: string): Promise<string[]> =>
      (await bench.runtime.doctor(bench.servers.get(id)!)).map((finding) => finding.code);
    bench.add('gone', { type: 'sse', url: `http://127.0.0.1:${await freePort()}` });
    expect(await codes('gone')).toEqual(['unreachable']);
    bench.add('path', { type: 'sse', url });
    expect(await codes('path')).toEqual(['no_endpoint']);
    bench.add('loose', {
      type: 'sse',
      url: 'http://mcp.example.invalid/',
      auth: { type: 'header', header: 'Authorization', token: 'bare' },
    });
    expect(await codes('loose')).toEqual(['unreachable', 'insecure', 'no_scheme']);
  });
});

describe.each([
  ['rejects the older one', 'reject', '2026-07-28'],
  ['speaks both', 'stateless', '2026-07-28'],
] as const)('a server of the newer protocol era that %s', (_what, legacy, version) => {
  it('is spoken to in it, and tells of its changes', async () => {
    const tools = ['first'];
    const handler = createMcpHandler(
      () => {
        const server = new McpServer({ name: 'modern', version: '1' });
        for (const name of tools)
          server.registerTool(name, { description: name }, () => ({
            content: [{ type: 'text', text: name }],
          }));
        return server;
      },
      { legacy },
    );
    const url = await listen((message, response) => void forward(handler.fetch, message, response));
    bench.add('modern', { type: 'streamable_http', url });
    expect(await bench.runtime.start('modern')).toMatchObject({ protocolVersion: version, toolCount: 1 });
    const { result } = await bench.runtime.callTool('modern', { name: 'first', arguments: {} });
    expect(result.content).toEqual([{ type: 'text', text: 'first' }]);
    tools.push('second');
    await vi.waitFor(() => {
      handler.notify.toolsChanged();
      expect(bench.runtime.run('modern').toolCount).toBe(2);
    });
    await bench.runtime.stop('modern');
    await handler.close();
  });
});

/** Node's request and response around a web-standard handler. */
async function forward(
  fetch: (request: Request) => Promise<Response>,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const init = { method: message.method!, headers: message.headers as Record<string, string> };
  const request = new Request(`http://127.0.0.1${message.url}`, {
    ...init,
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  const answer = await fetch(request);
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.flushHeaders();
  for await (const part of answer.body ?? []) response.write(part);
  response.end();
}

it('an in-process server is not run here', async () => {
  bench.add('inner', { type: 'inprocess' });
  await expect(bench.runtime.start('inner')).rejects.toMatchObject({ code: 'unsupported' });
});
