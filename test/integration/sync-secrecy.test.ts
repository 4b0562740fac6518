import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import { startFakeProxy } from '../fakes/support/connect-proxy.js';
import { SyncRig } from '../support/sync-rig.js';

/** No secret goes where it is not meant to. */
let rig: SyncRig;
let open: { close(): Promise<void> }[];
beforeEach(() => {
  rig = SyncRig.inMemory();
  open = [];
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  await Promise.all(open.map((fake) => fake.close()));
});

async function letta(options: Parameters<typeof startFakeLetta>[0] = {}): Promise<FakeLetta> {
  const fake = await startFakeLetta(options);
  open.push(fake);
  return fake;
}

const bearer = (newSecret: string) => ({ type: 'bearer' as const, token: { newSecret } });

describe('where secrets may travel', () => {
  it('not over plain http to another host, unless that is allowed', async () => {
    const fake = await letta({ password: 'pw' });
    const proxy = await startFakeProxy(fake.url);
    open.push(proxy);
    await rig.settings({ proxy: proxy.url });
    const remote = await rig.remote({
      kind: 'letta',
      name: 'LAN',
      baseUrl: 'http://letta.home.example:8283',
      auth: bearer('pw'),
    });
    const test = await rig.sync.test(remote.id);
    expect(test).toMatchObject({ ok: false, problems: [{ code: 'consent_required' }] });
    expect(fake.requests).toHaveLength(0);
    await rig.updateRemote(remote.id, { allowInsecure: true });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true });
    expect(proxy.asked).toContain('letta.home.example:8283');
  });

  it('a server’s secret is held back as well where the remote itself needs none', async () => {
    const fake = await letta();
    const proxy = await startFakeProxy(fake.url);
    open.push(proxy);
    await rig.settings({ proxy: proxy.url });
    const remote = await rig.remote({ kind: 'letta', name: 'LAN', baseUrl: 'http://letta.home.example' });
    const headers = { 'X-Key': { newSecret: 'key-secret-1' } };
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    const open_ = await rig.server({ name: 'two', transport: { type: 'sse', url: 'https://a.example.com' } });
    const { outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'blocked' });
    expect(outcome.error?.message).toMatch(/plain http/);
    expect((await rig.patch(open_, remote)).outcome).toMatchObject({ status: 'synced' });
    expect(JSON.stringify(fake.requests)).not.toContain('key-secret-1');
  });

  it('not to another host that a redirect names', async () => {
    const other = await letta();
    const fake = await letta({ password: 'pw' });
    fake.faults.add(
      { kind: 'redirect', to: `${other.url}/v1/mcp-servers/` },
      { path: /mcp-servers/, times: Infinity },
    );
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url, auth: bearer('pw') });
    const test = await rig.sync.test(remote.id);
    expect(test.ok).toBe(false);
    expect(test.problems[0]?.message).toContain(other.url);
    expect(other.requests).toHaveLength(0);
  });

  it('a redirect within the same place is followed', async () => {
    const fake = await letta({ password: 'pw' });
    fake.faults.add({ kind: 'redirect', to: '/v1/mcp-servers/', status: 307 }, { path: /mcp-servers/ });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url, auth: bearer('pw') });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true });
  });

  it('a remote behind a path is asked under that path', async () => {
    const seen: string[] = [];
    const server: Server = createServer((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(request.url?.endsWith('/health/') ? '{"version":"0.16.8","status":"ok"}' : '[]');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    const remote = await rig.remote({
      kind: 'letta',
      name: 'Path',
      baseUrl: `http://127.0.0.1:${port}/letta/`,
    });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true });
    expect(seen).toEqual(['/letta/v1/health/', '/letta/v1/mcp-servers/']);
  });

  it('errors repeat no secret, though the remote’s own do', async () => {
    const fake = await letta();
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    const headers = { 'X-Key': { newSecret: 'key-secret-1' }, 'X-Plain': 'plain-text-7' };
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    fake.faults.add({ kind: 'latency', ms: 1 }, { method: 'POST', times: 0 });
    const link = await rig.sync.link(server.id, remote.id);
    // Between the plan and the create somebody takes the name: the 409 carries the SQL with its parameters.
    const original = fake.faults.take.bind(fake.faults);
    fake.faults.take = (request) => {
      if (request.method === 'POST' && !fake.state.find('one'))
        fake.state.rows.push({
          id: 'mcp_server-thief',
          server_name: 'one',
          server_type: 'sse',
          server_url: 'https://thief.example.com',
          token: null,
          custom_headers: null,
          stdio_config: null,
          tools: [],
        });
      return original(request);
    };
    const outcome = await rig.apply(link.id);
    expect(outcome.status).toBe('failed');
    expect(outcome.error?.message).toContain('409');
    expect(JSON.stringify([outcome, rig.link(link.id)])).not.toMatch(/key-secret|plain-text-7|SQL/);
    fake.faults.take = original;
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked' });
    expect(fake.state.find('one')?.server_url).toBe('https://thief.example.com');
  });
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jackfield-tls-'));
  const made = (name: string, subject: string) => {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
    const san = `subjectAltName=${subject}`;
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=test',
        '-addext',
        san,
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), file: cert };
  };
  const own = made('own', 'IP:127.0.0.1');
  const foreign = made('foreign', 'DNS:other.example.com');
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('a certificate that nobody vouches for is refused, and accepted with its authority', async () => {
    const fake = await letta({ tls: own });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    const test = await rig.sync.test(remote.id);
    expect(test).toMatchObject({ ok: false, problems: [{ code: 'remote_unreachable' }] });
    expect(test.problems[0]?.hint).toMatch(/CA file/);
    await rig.settings({ caFile: own.file });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true });
    await rig.settings({ caFile: join(folder, 'not-there.pem') });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: false, problems: [{ code: 'io' }] });
  });

  it('a certificate for another host, and plain http behind https, are told apart', async () => {
    const fake = await letta({ tls: foreign });
    await rig.settings({ caFile: foreign.file });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    expect((await rig.sync.test(remote.id)).problems[0]?.hint).toMatch(/another host name/);
    const plain = await letta();
    const wrong = await rig.remote({
      kind: 'letta',
      name: 'Plain',
      baseUrl: plain.url.replace('http:', 'https:'),
    });
    expect((await rig.sync.test(wrong.id)).problems[0]?.hint).toMatch(/plain http/);
  });

  it('such a failure is no matter of waiting', async () => {
    const fake = await letta({ tls: own });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com' },
    });
    expect((await rig.patch(server, remote)).outcome).toMatchObject({ status: 'failed' });
  });
});
