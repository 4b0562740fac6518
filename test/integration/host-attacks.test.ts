import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { Host, ROOT } from '../support/host.js';

/** Bytes that no browser and no client of ours would send. Whatever comes, the host goes on and nothing is let in. */
describe('what is thrown at the door', () => {
  let host: Awaited<ReturnType<typeof Host.start>>;
  let port: number;
  beforeAll(async () => {
    host = await Host.start();
    port = Number(new URL(host.ready.rpc).port);
  });
  afterAll(() => host[Symbol.asyncDispose]());
  afterEach(async () => {
    expect(host.child.exitCode).toBeNull();
    expect(await host.client.call('app.info', {})).toMatchObject({ host: 'browser' });
  });

  const own = (): string => `127.0.0.1:${port}`;
  const upgrade = (path: string, more: string[] = [], name = own()): string =>
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${name}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...more,
      '\r\n',
    ].join('\r\n');
  const protocols = (...words: string[]): string => `Sec-WebSocket-Protocol: ${words.join(', ')}`;
  const good = (): string => protocols('jackfield.v1', `bearer.${host.ready.token}`);

  /** The first line of the answer, and the socket. */
  async function send(bytes: string, allowHalfOpen = false): Promise<{ status: string; socket: Socket }> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
    let answer = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (data) => {
        answer += String(data);
        if (answer.includes('\r\n\r\n')) resolve();
      });
      socket.once('end', resolve);
      socket.once('error', () => resolve());
      socket.once('close', () => resolve());
      socket.once('connect', () => socket.write(bytes));
    });
    return { status: answer.split('\r\n')[0] ?? '', socket };
  }
  const statusOf = async (bytes: string): Promise<string> => {
    const { status, socket } = await send(bytes);
    socket.destroy();
    return status.split(' ')[1] ?? '';
  };

  it.each(['//', 'http://[', '/%E0%A4%A', '/rpc%00', '/rpc/../rpc', '/RPC', '*', '/rpc;x', '/rpc#'])(
    'an upgrade at %s is answered, without a token too',
    async (path) => {
      expect(await statusOf(upgrade(path))).toBe('404');
      expect(await statusOf(upgrade(path, [good()]))).toBe('404');
    },
  );

  it.each([
    [
      'twice the same word',
      () => protocols('jackfield.v1', 'jackfield.v1', `bearer.${host.ready.token}`),
      '400',
    ],
    ['the token alone', () => protocols(`bearer.${host.ready.token}`), '400'],
    [
      'the token in capitals',
      () => protocols('jackfield.v1', `bearer.${host.ready.token.toUpperCase()}`),
      '401',
    ],
    ['the token with more', () => protocols('jackfield.v1', `bearer.${host.ready.token}0`), '401'],
    ['half of the token', () => protocols('jackfield.v1', `bearer.${host.ready.token.slice(0, 32)}`), '401'],
    ['a basic login', () => 'Authorization: Basic eDp5', '401'],
    ['the token in a cookie', () => `Cookie: token=${host.ready.token}`, '401'],
    [
      'two hundred tokens',
      () => protocols('jackfield.v1', ...Array.from({ length: 200 }, (_, n) => `bearer.${n}`)),
      '401',
    ],
    ['words that are none', () => 'Sec-WebSocket-Protocol: ,,, ;=" ,', '401'],
  ])('%s does not let in', async (_what, header, status) => {
    expect(await statusOf(upgrade('/rpc', [header()]))).toBe(status);
  });

  it('the token in the address lets nobody in', async () => {
    expect(await statusOf(upgrade(`/rpc?token=${host.ready.token}`))).toBe('401');
  });

  it.each([
    ['a dot at its end', () => `127.0.0.1.:${port}`],
    ['localhost with a dot', () => `localhost.:${port}`],
    ['no port', () => '127.0.0.1'],
    ['another port', () => `127.0.0.1:${port + 1}`],
    ['a long IPv6 form', () => `[0:0:0:0:0:0:0:1]:${port}`],
    ['an IPv4 inside IPv6', () => `[::ffff:127.0.0.1]:${port}`],
    ['a short IPv4 form', () => `127.1:${port}`],
    ['a number', () => `2130706433:${port}`],
    ['a user in it', () => `127.0.0.1:${port}@evil.example`],
    ['evil.example with ours as user', () => `127.0.0.1:${port}%40evil.example`],
    ['two of them', () => `127.0.0.1:${port}, evil.example`],
    ['nothing', () => ''],
  ])('a Host with %s is refused', async (_what, name) => {
    expect(await statusOf(upgrade('/rpc', [good()], name()))).toMatch(/^40[03]$/);
    expect(await statusOf(`GET / HTTP/1.1\r\nHost: ${name()}\r\n\r\n`)).toMatch(/^40[03]$/);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('%s is our own name', async (name) => {
    expect(await statusOf(upgrade('/rpc', [good()], `${name}:${port}`))).toBe('101');
  });

  it('no Host, and HTTP without a number, are refused', async () => {
    expect(await statusOf('GET / HTTP/1.0\r\n\r\n')).toBe('403');
    expect(await statusOf(`GET / HTTP/1.1\r\n\r\n`)).toBe('400');
  });

  it.each(['null', 'http://127.0.0.1', 'HTTP://EVIL.example', 'chrome-extension://abc', ''])(
    'the origin "%s" is refused',
    async (origin) => expect(await statusOf(upgrade('/rpc', [good(), `Origin: ${origin}`]))).toBe('403'),
  );

  it('is no proxy', async () => {
    expect(await statusOf(`GET http://evil.example/ HTTP/1.1\r\nHost: ${own()}\r\n\r\n`)).toBe('404');
    expect(await statusOf(`CONNECT evil.example:80 HTTP/1.1\r\nHost: ${own()}\r\n\r\n`)).toBe('');
  });

  it.each([
    ['huge headers', () => `GET / HTTP/1.1\r\nHost: ${own()}\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, '431'],
    [
      'ten thousand headers',
      () => `GET / HTTP/1.1\r\nHost: ${own()}\r\n${'X: 1\r\n'.repeat(10_000)}\r\n`,
      '431',
    ],
    [
      'a body that is none',
      () => `POST / HTTP/1.1\r\nHost: ${own()}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      '405',
    ],
    [
      'two lengths',
      () => `GET / HTTP/1.1\r\nHost: ${own()}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      '400',
    ],
    [
      'length and chunks',
      () =>
        `POST / HTTP/1.1\r\nHost: ${own()}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      '400',
    ],
    ['binary', () => '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', '400'],
    [
      'another upgrade',
      () => `GET /rpc HTTP/1.1\r\nHost: ${own()}\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n`,
      '401',
    ],
  ])('%s', async (_what, bytes, status) => expect(await statusOf(bytes())).toBe(status));

  it('requests that come at once are answered in their order', async () => {
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${own()}\r\n\r\n`;
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    socket.on('data', (data) => (answer += String(data)));
    const last = `HEAD / HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`;
    socket.write(get('/nothing-1') + get('/nothing-2') + get('/../../etc/passwd') + last);
    await new Promise((resolve) => socket.once('close', resolve));
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(['404', '404', '404', '200']);
    expect(answer).not.toContain('root:');
  });

  it('one that is refused is let go of, though it never closes its own side', async () => {
    const { socket } = await send(upgrade('/rpc'), true);
    const gone = new Promise<string>((resolve) => {
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''));
      socket.once('close', () => resolve('closed'));
    });
    // What is still said to somebody who is gone is answered with a reset.
    const timer = setInterval(() => socket.write('x'), 20);
    expect(['ECONNRESET', 'EPIPE', 'closed']).toContain(await gone);
    clearInterval(timer);
    socket.destroy();
  });

  it('a hundred peers that begin to ask and never end keep nobody out', async () => {
    const slow = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect({ port, host: '127.0.0.1' });
        socket.on('error', () => undefined);
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.write(upgrade('/rpc').slice(0, 60));
        return socket;
      }),
    );
    expect(await statusOf(upgrade('/rpc', [good()]))).toBe('101');
    slow.forEach((socket) => socket.destroy());
  });

  it.each([
    '/%00',
    '/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/main/browser.js',
    '/.%00./package.json',
    '/%c0%ae%c0%ae/package.json',
    '/..%5c..%5cpackage.json',
    '/index.html/../../package.json',
    '/....//package.json',
    '/%',
    '/\u00ff',
  ])('there is no page %s', async (path) => {
    const { status, socket } = await send(
      `GET ${path} HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`,
    );
    socket.destroy();
    expect(status.split(' ')[1]).toMatch(/^40[04]$/);
  });
});

it('a page that is asked for while the host ends is not told that the host is not its own', async () => {
  await using ending = await Host.start();
  const { server } = await ending.client.call('server.create', {
    server: {
      name: 'stubborn',
      transport: {
        type: 'stdio',
        command: process.execPath,
        args: [join(ROOT, 'test/fakes/servers/stubborn.mjs')],
      },
    },
  });
  await ending.client.call('run.start', { serverId: server.id });
  const { host } = new URL(ending.ready.url);
  const socket = connect({ port: Number(host.split(':')[1]), host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  const said = new Promise<string>((resolve) =>
    socket.once('data', (data: Buffer) => resolve(data.toString())),
  );
  // The first request is answered, so that the second is known to have been begun on an open connection.
  socket.write(`HEAD / HTTP/1.1\r\nHost: ${host}\r\n\r\nHEAD / HTTP/1.1\r\n`);
  expect(await said).toContain(' 200 ');
  const rest = new Promise<string>((resolve) => {
    socket.once('data', (data: Buffer) => resolve(data.toString()));
    socket.once('close', () => resolve('closed'));
  });
  const page = new WebSocket(ending.ready.rpc, ['jackfield.v1', `bearer.${ending.ready.token}`]);
  await new Promise((resolve) => page.once('open', resolve));
  const isEnding = new Promise((resolve) => page.once('close', resolve));
  ending.child.kill('SIGTERM');
  await isEnding;
  socket.write(`Host: ${host}\r\n\r\n`);
  expect(await rest).toContain(' 200 ');
});

describe('what is said once inside', () => {
  let host: Awaited<ReturnType<typeof Host.start>>;
  beforeAll(async () => void (host = await Host.start()));
  afterAll(() => host[Symbol.asyncDispose]());

  const ask = (id: string, method: string, params = '{}'): Promise<unknown> =>
    host.client.sendText(
      `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${params}}`,
    );

  it.each(['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', ''])(
    '"%s" is no method',
    async (method) => expect(await ask('"m"', method)).toMatchObject({ id: 'm', error: { code: -32601 } }),
  );

  it.each(['{}', 'true', '[1]', '{"id":1}'])('%s is no id', async (id) =>
    expect(await ask(id, 'app.info')).toMatchObject({ id: null, error: { code: -32600 } }),
  );

  it.each([
    ['1.5', 1.5],
    ['-7', -7],
    ['""', ''],
    ['"\\ud800"', '\ud800'],
    ['9007199254740991', 9007199254740991],
  ])('%s is an id, and comes back', async (text, id) =>
    expect(await ask(text, 'app.info')).toMatchObject({ id, result: { host: 'browser' } }),
  );

  it('a batch is refused whole: nothing in it is done', async () => {
    const create = (name: string) =>
      `{"jsonrpc":"2.0","id":"${name}","method":"server.create","params":{"server":{"name":"${name}","transport":{"type":"stdio","command":"x"}}}}`;
    expect(await host.client.sendText(`[${create('batched')},${create('also')}]`)).toMatchObject({
      id: null,
      error: { code: -32600 },
    });
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers).toEqual([]);
  });

  it('a message without an id is carried out once and answered by nothing', async () => {
    const socket = new WebSocket(host.ready.rpc, ['jackfield.v1', `bearer.${host.ready.token}`]);
    const answers: string[] = [];
    socket.on('message', (data: Buffer) => answers.push(String(data)));
    await new Promise((resolve) => socket.once('open', resolve));
    for (const [method, params] of [
      ['server.create', { server: { name: 'quiet', transport: { type: 'stdio', command: 'x' } } }],
      ['no.such', {}],
      ['run.start', { serverId: 7 }],
      ['constructor', {}],
    ] as const)
      socket.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
    socket.send('{"jsonrpc":"2.0","id":"last","method":"app.info","params":{}}');
    await expect.poll(() => answers.some((text) => text.includes('"last"'))).toBe(true);
    expect(answers.filter((text) => !('method' in (JSON.parse(text) as object)))).toHaveLength(1);
    const quiet = async () => {
      const { servers } = await host.client.call('app.snapshot', {});
      return servers.filter(({ name }) => name === 'quiet');
    };
    // What is not answered is not waited for either: the disk may still be at it.
    await expect.poll(quiet).toHaveLength(1);
    await host.client.call('server.remove', { id: (await quiet())[0]?.id ?? '' });
    socket.close();
  });

  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it.each([
    ['app.info', `{"padding":${deep(100_000)}}`],
    ['server.update', `{"id":"x","patch":{"a":${deep(100_000)}}}`],
    ['settings.update', `{"patch":{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}}`],
    ['tool.call', `{"serverId":"x","name":"y","arguments":{"a":${deep(100_000)}}}`],
  ])('%s with a hundred thousand levels is refused for that', async (method, params) => {
    expect(await ask('1', method, params)).toMatchObject({ id: null, error: { code: -32600 } });
    expect(host.stderr).not.toContain('Fault in');
  });

  it('eight million levels stop nobody else: the answer comes as fast as that to a text of this size', async () => {
    const time = async (text: string): Promise<number> => {
      const begin = performance.now();
      expect(await host.client.sendText(text)).toMatchObject({ error: { code: -32600 } });
      return performance.now() - begin;
    };
    const flat = await time(`"${'x'.repeat(15_999_000)}"`);
    // Parsed, they would take a hundred times as long.
    expect(await time(deep(7_999_000))).toBeLessThan(flat * 10 + 500);
  });

  it('as many brackets in a text are a text', async () => {
    const text = JSON.stringify('[{'.repeat(2_000));
    const { result } = (await ask(
      '1',
      'server.create',
      `{"server":{"name":"brackets","description":${text},"transport":{"type":"stdio","command":"x"}}}`,
    )) as { result: { server: { id: string; description: string } } };
    expect(result.server.description).toHaveLength(4_000);
    await host.client.call('server.remove', { id: result.server.id });
  });

  it.each([
    `{"server":{"name":"p","__proto__":{"x":1},"transport":{"type":"stdio","command":"x"}}}`,
    `{"server":{"name":"p","transport":{"type":"stdio","command":"x","__proto__":{"cwd":"/"}}}}`,
    `{"__proto__":{},"server":{"name":"p","transport":{"type":"stdio","command":"x"}}}`,
  ])('a key __proto__ is refused: %s', async (params) => {
    expect(await ask('1', 'server.create', params)).toMatchObject({ error: { code: -32602 } });
    expect((await host.client.call('app.snapshot', {})).servers).toEqual([]);
  });

  it('patches with prototype keys change nothing that they do not name', async () => {
    const { server } = await host.client.call('server.create', {
      server: { name: 'patched', transport: { type: 'stdio', command: 'x', env: { A: '1' } } },
    });
    for (const patch of [
      `{"__proto__":{"name":"other"}}`,
      `{"constructor":{"prototype":{"name":"other"}}}`,
      `{"transport":{"__proto__":{"command":"evil"}}}`,
      `{"lifecycle":{"__proto__":{"autostart":true}}}`,
    ])
      await ask('1', 'server.update', `{"id":"${server.id}","patch":${patch}}`);
    const { servers } = await host.client.call('app.snapshot', {});
    expect({ ...servers[0], revision: 1 }).toEqual(server);
    await host.client.call('server.remove', { id: server.id });
  });

  it('half characters and huge texts are kept as they are, or refused with their path', async () => {
    const { result } = (await ask(
      '1',
      'server.create',
      `{"server":{"name":"half \\ud800","description":"\\udfff","transport":{"type":"stdio","command":"x"}}}`,
    )) as { result: { server: { id: string; name: string } } };
    expect(result.server.name).toBe('half \ud800');
    const saved = JSON.parse(await readFile(join(host.dataDir, 'catalog.json'), 'utf8')) as {
      servers: { name: string }[];
    };
    expect(saved.servers[0]?.name).toBe('half \ud800');
    expect(
      await ask(
        '1',
        'server.update',
        `{"id":"${result.server.id}","patch":{"name":"${'n'.repeat(1_000_000)}"}}`,
      ),
    ).toMatchObject({ error: { data: { issues: [{ path: 'name' }] } } });
    expect(
      await ask(
        '1',
        'server.update',
        `{"id":"${result.server.id}","patch":{"transport":{"env":{"A":{"newSecret":"\\ud800"}}}}}`,
      ),
    ).toMatchObject({ error: { data: { issues: [{ path: 'transport.env.A' }] } } });
    await host.client.call('server.remove', { id: result.server.id });
  });
});
