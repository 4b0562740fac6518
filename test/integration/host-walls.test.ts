import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Host } from '../support/host.js';
import { RpcClient, type WireError } from '../support/rpc-client.js';

type Started = Awaited<ReturnType<typeof Host.start>>;

function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<IncomingMessage & { body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part));
      response.on('end', () => resolve(Object.assign(response, { body })));
    });
    request.on('error', reject);
    request.end();
  });
}

function upgradeStatus(
  url: string,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(url, protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('open', () => {
      socket.close();
      resolve(101);
    });
    socket.once('error', reject);
  });
}

describe('the walls of the browser host', () => {
  let host: Started;
  let port: number;
  beforeAll(async () => {
    host = await Host.start();
    port = Number(new URL(host.ready.rpc).port);
  });
  afterAll(() => host[Symbol.asyncDispose]());

  const good = (): string[] => ['jackfield.v1', `bearer.${host.ready.token}`];

  it('selects jackfield.v1', () => {
    expect(host.client.protocol).toBe('jackfield.v1');
  });

  it.each([
    ['no subprotocol', []],
    ['no token', ['jackfield.v1']],
    ['an empty token', ['jackfield.v1', 'bearer.']],
    ['a wrong token', ['jackfield.v1', `bearer.${'0'.repeat(64)}`]],
  ])('refuses %s with 401', async (_what, protocols) => {
    expect(await upgradeStatus(host.ready.rpc, protocols)).toBe(401);
  });

  it.each([
    'http://evil.example',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.1:1',
    'https://127.0.0.1',
    'null',
    'file://',
  ])('refuses the origin %s with 403, token or not', async (origin) => {
    expect(await upgradeStatus(host.ready.rpc, good(), { Origin: origin })).toBe(403);
  });

  it('refuses a rebound host name with 403, for pages and for the wire', async () => {
    expect(await upgradeStatus(host.ready.rpc, good(), { Host: `evil.example:${port}` })).toBe(403);
    expect((await get(port, '/', { Host: `evil.example:${port}` })).statusCode).toBe(403);
  });

  it('lets its own page in', async () => {
    expect(await upgradeStatus(host.ready.rpc, good(), { Origin: `http://127.0.0.1:${port}` })).toBe(101);
    expect(
      await upgradeStatus(host.ready.rpc, good(), {
        Origin: `http://localhost:${port}`,
        Host: `localhost:${port}`,
      }),
    ).toBe(101);
  });

  it('answers only at /rpc', async () => {
    expect(await upgradeStatus(`ws://127.0.0.1:${port}/other`, good())).toBe(404);
  });

  it('serves pages under a strict policy, without the token', async () => {
    const page = await get(port, '/');
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.body).not.toContain(host.ready.token);
    expect(page.body).not.toMatch(/<script(?![^>]*\ssrc=)/);
  });

  it.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../main/browser.js',
    '/..\\..\\package.json',
    '/main/browser.js',
    '//etc/passwd',
  ])('does not serve %s', async (path) => {
    const answer = await get(port, path);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain('jackfield"');
  });

  it('answers GET and HEAD alone', async () => {
    expect((await get(port, '/', {}, 'POST')).statusCode).toBe(405);
    expect((await get(port, '/', {}, 'HEAD')).statusCode).toBe(200);
  });

  it('speaks JSON-RPC 2.0 as the standard has it', async () => {
    const send = (text: string) => host.client.sendText(text);
    expect(await send('{')).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await send('[]')).toMatchObject({ id: null, error: { code: -32600 } });
    expect(await send('{"jsonrpc":"2.0","id":"a","method":"no.such"}')).toMatchObject({
      id: 'a',
      error: { code: -32601 },
    });
    expect(await send('{"jsonrpc":"2.0","id":"b","method":"run.start","params":{}}')).toMatchObject({
      id: 'b',
      error: { code: -32602, data: { issues: [{ path: 'serverId' }] } },
    });
  });

  it('lets a page come back after a restart with the token it has, and keeps no token on disk', async () => {
    const { readFile } = await import('node:fs/promises');
    const first = await Host.start();
    await first.stop();
    const second = await Host.start({ dataDir: first.dataDir });
    expect(second.ready.token).not.toBe(first.ready.token);
    const client = await RpcClient.connect(second.ready.rpc, first.ready.token);
    expect(await client.call('app.info', {})).toMatchObject({ host: 'browser' });
    await client.close();
    const kept = await readFile(`${first.dataDir}/browser-sessions.json`, 'utf8');
    expect(kept).not.toContain(first.ready.token);
    expect(kept).not.toContain(second.ready.token);
    await second.stop();
    await first[Symbol.asyncDispose]();
  });

  it('cuts off a peer that sends a frame beyond the limit, and goes on serving others', async () => {
    const loud = await RpcClient.connect(host.ready.rpc, host.ready.token);
    const pending = loud.raw('app.info', { padding: 'x'.repeat(17 * 1024 * 1024) });
    await expect(pending).rejects.toThrow('hung up');
    expect(await host.client.call('app.info', {})).toMatchObject({ host: 'browser' });
  });

  it('serves others beside a peer that floods, and answers all that it sent', async () => {
    const flooding = await RpcClient.connect(host.ready.rpc, host.ready.token);
    const all = Array.from({ length: 12_000 }, () =>
      flooding.raw('nothing', {}).catch((error: WireError) => error.code),
    );
    let answered = 0;
    for (const one of all) void one.then(() => (answered += 1));
    await all[0];
    expect(await host.client.call('app.info', {})).toMatchObject({ host: 'browser' });
    expect(answered).toBeLessThan(all.length);
    expect(new Set(await Promise.all(all))).toEqual(new Set([-32601]));
    await flooding.close();
  });

  it.each(['//', '//rpc', '/%', '*', 'http://[', '/rpc/../x'])(
    'refuses an upgrade at %s and lives',
    async (target) => {
      const headers = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Protocol': good().join(', '),
      };
      expect((await get(port, target, headers)).statusCode).toBe(404);
      expect(await host.client.call('app.info', {})).toMatchObject({ host: 'browser' });
    },
  );

  it('lets in so many at once and no more', async () => {
    const many: RpcClient[] = [];
    while (many.length < 63) many.push(await RpcClient.connect(host.ready.rpc, host.ready.token));
    expect(await upgradeStatus(host.ready.rpc, good())).toBe(503);
    await many.pop()?.close();
    await expect.poll(() => upgradeStatus(host.ready.rpc, good())).toBe(101);
    await Promise.all(many.map((one) => one.close()));
  });

  it('takes no binary frame for a request', async () => {
    const socket = new WebSocket(host.ready.rpc, good());
    await new Promise((resolve) => socket.once('open', resolve));
    const answer = new Promise<string>((resolve) =>
      socket.once('message', (data: Buffer) => resolve(String(data))),
    );
    socket.send(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"app.info"}'), { binary: true });
    expect(JSON.parse(await answer)).toMatchObject({ error: { code: -32700 } });
    socket.close();
  });

  it('cannot be framed, and lets no other site read what it serves', async () => {
    const { headers } = await get(port, '/');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(String(headers['content-security-policy'])).toContain("frame-ancestors 'none'");
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
