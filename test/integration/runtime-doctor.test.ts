import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AppError,
  FIX_METHODS,
  methods,
  parse,
  type Finding,
  type FixAction,
  type StdioTransport,
} from '../../src-main/contract/index.js';
import { mergePatch } from '../../src-main/app/merge-patch.js';
import { fake, real, RuntimeBench } from '../support/runtime-bench.js';

let home: string;
let bench: RuntimeBench;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'jackfield-doctor-'));
  bench = await RuntimeBench.open({
    env: { HOME: home, PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: '/ca.pem' },
    handshakeMs: 500,
  });
});
afterEach(async () => {
  await bench.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

const examine = (id: string): Promise<Finding[]> => bench.runtime.doctor(bench.servers.get(id)!);
const find = async (id: string, code: string): Promise<Finding | undefined> =>
  (await examine(id)).find((finding) => finding.code === code);

/** As the app does it: what the method's own schema refuses, the window could not send either. */
function isAsked(action: FixAction): void {
  expect(FIX_METHODS).toContain(action.method);
  expect(parse(methods[action.method].params, action.params)).toMatchObject({ ok: true });
}

/** Does an edit that was offered, and examines again. */
async function fixed(id: string, code: string): Promise<Finding[]> {
  const { action } = (await find(id, code)) ?? {};
  if (action?.method !== 'server.update') throw new Error(`no edit is offered for ${code}`);
  isAsked(action);
  expect(action.params).toMatchObject({ id, revision: 1 });
  const { id: _id, revision: _revision, ...rest } = bench.servers.get(id)!;
  const { transport, ...more } = mergePatch(rest, action.params.patch);
  bench.add(id, transport as Record<string, unknown>, more);
  return examine(id);
}
const codes = (findings: Finding[]): string[] => findings.map(({ code }) => code);

describe('what one click does', () => {
  const cases: [code: string, transport: Partial<StdioTransport>][] = [
    ['cwd', { cwd: '/no/such/folder' }],
    ['env_file', { envFile: 'none.env' }],
    ['placeholder', { env: { EMPTY: '', KEPT: 'x' } }],
    ['tilde', { env: { NOTES: '~/notes' } }],
    ['extra_ca', {}],
  ];
  it.each(cases)('cures %s', async (code, transport) => {
    bench.add('one', { type: 'stdio', command: 'node', args: [real('memory')], ...transport });
    expect(codes(await examine('one')).filter((found) => found === code)).toHaveLength(1);
    // Looked at again, the folder is fine and is said to be.
    expect((await fixed('one', code)).filter((f) => f.code === code && f.severity !== 'ok')).toEqual([]);
  });

  it('keeps what it does not mean to change', async () => {
    bench.add('one', { type: 'stdio', command: 'node', args: ['a.js'], env: { EMPTY: '', KEPT: 'x' } });
    await fixed('one', 'placeholder');
    expect(bench.servers.get('one')!.transport).toMatchObject({ args: ['a.js'], env: { KEPT: 'x' } });
    expect(bench.servers.get('one')!.transport).not.toHaveProperty('env.EMPTY');
    bench.add('two', { type: 'stdio', command: 'node', args: ['a.js'], env: { NOTES: '~/notes' } });
    await fixed('two', 'tilde');
    expect(bench.servers.get('two')!.transport).toHaveProperty('env.NOTES', `${home}/notes`);
  });

  it('gives a server whose port is taken a free one, where it was told the port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      for (const told of [
        { args: [real('memory'), '--port', String(port), '--x'] },
        { args: [real('memory'), `--port=${port}`] },
        { args: [real('memory')], env: { MCP_PORT: String(port) } },
      ]) {
        bench.add('one', { type: 'stdio', command: 'node', ...told });
        expect((await find('one', 'port'))?.title).toBe(`Port ${port} is in use`);
        expect(codes(await fixed('one', 'port'))).not.toContain('port');
        const now = JSON.stringify(bench.servers.get('one')!.transport);
        expect(now).toContain('memory');
        expect(now).not.toContain(String(port));
      }
    } finally {
      taken.close();
    }
  });

  it('asks the shell again for a command that is not found, tries a failed start again', async () => {
    bench.add('none', { type: 'stdio', command: 'no-such-tool' }, { lifecycle: { restart: 'never' } });
    expect((await find('none', 'command'))?.action).toMatchObject({ method: 'environment.refresh' });
    await bench.runtime.start('none').catch(() => {});
    const { action } = (await find('none', 'last_run_start_failed'))!;
    expect(action).toMatchObject({ method: 'run.restart', params: { serverId: 'none' } });
    isAsked(action!);
  });

  it('switches the protocol log on for a server that is silent', async () => {
    bench.node('silent', [fake('silent')]);
    await bench.runtime.start('silent').catch(() => {});
    expect(codes(await fixed('silent', 'protocol_log'))).not.toContain('protocol_log');
    expect(bench.servers.get('silent')!.protocolLog).toBe(true);
  });

  it('changes the transport of an address that speaks the other one', async () => {
    const server = createHttpServer((_request, response) => void response.writeHead(405).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    try {
      bench.add('web', { type: 'sse', url, headers: { 'X-Kept': 'y' } });
      expect(codes(await fixed('web', 'not_sse'))).toContain('reachable');
      expect(bench.servers.get('web')!.transport).toMatchObject({
        type: 'streamable_http',
        url,
        headers: { 'X-Kept': 'y' },
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('puts Bearer before a token that lacks it, and never writes a blotted-out one', async () => {
    const url = 'http://127.0.0.1:1/';
    const auth = (token: string): object => ({ type: 'header', header: 'Authorization', token });
    bench.add('web', { type: 'sse', url, auth: auth('abc') });
    expect(codes(await fixed('web', 'no_scheme'))).not.toContain('no_scheme');
    expect(bench.servers.get('web')!.transport).toMatchObject({ auth: { token: 'Bearer abc' } });
    bench.add('web', { type: 'sse', url, auth: auth('hunter2-very-secret') });
    const finding = await find('web', 'no_scheme');
    expect(finding).toBeDefined();
    expect(finding?.action).toBeUndefined();
  });
});

describe('what two servers lay claim to', () => {
  const memory = (id: string, more: Record<string, unknown>): string =>
    bench.add(id, { type: 'stdio', command: 'node', args: [real('memory')], ...more });

  it('is a port', async () => {
    memory('first', { env: { PORT: '45671' } });
    bench.add('second', { type: 'stdio', command: 'other', args: ['--port', '45671'] });
    const finding = await find('second', 'port');
    expect(finding?.title).toBe('Port 45671 is also that of “first”');
    expect(codes(await fixed('second', 'port'))).not.toContain('port');
  });

  it('is a file, which is worse where both are the same program', async () => {
    const file = path.join(home, 'memory.json');
    memory('first', { env: { MEMORY_FILE_PATH: file, LABEL: 'a' } });
    memory('second', { env: { MEMORY_FILE_PATH: `${home}/./memory.json` } });
    bench.add('third', { type: 'stdio', command: 'sqlite-server', args: [`--db-path=${file}`] });
    expect(await find('second', 'file')).toMatchObject({
      severity: 'warning',
      title: 'Keeps its data where “first” does',
    });
    expect(await find('third', 'file')).toMatchObject({ severity: 'info' });
    memory('second', { env: { MEMORY_FILE_PATH: path.join(home, 'other.json') } });
    expect(await find('second', 'file')).toBeUndefined();
  });

  it('is everything, where one is a copy of the other', async () => {
    memory('first', { env: { A: '1' } });
    memory('second', { env: { A: '1' } });
    expect(await find('second', 'twin')).toMatchObject({ title: 'Runs just as “first” does' });
    memory('second', { env: { A: '2' } });
    expect(await find('second', 'twin')).toBeUndefined();
  });

  it('is not what both only read', async () => {
    const env = { SSL_CERT_FILE: '/etc/ca.pem', CONFIG_FILE: '/etc/x.json' };
    memory('first', { env: { ...env, A: '1' } });
    memory('second', { env });
    bench.add('files', { type: 'stdio', command: 'node', args: [real('filesystem'), home] });
    bench.add('more', { type: 'stdio', command: 'node', args: [real('filesystem'), home, '/tmp'] });
    expect(codes([...(await examine('second')), ...(await examine('more'))])).not.toContain('file');
  });
});

describe('a place for data', () => {
  it('must be there', async () => {
    const args = [real('memory')];
    const env = { MEMORY_FILE_PATH: path.join(home, 'none/memory.json') };
    bench.add('one', { type: 'stdio', command: 'node', args, env });
    expect((await find('one', 'data'))?.title).toBe(`The folder ${home}/none is not there`);
    await mkdir(path.join(home, 'none'));
    expect(await find('one', 'data')).toBeUndefined();
    await writeFile(env.MEMORY_FILE_PATH, '{}');
    expect(await find('one', 'data')).toBeUndefined();
  });
});

it('runs nothing that an import brought before the person has allowed it', async () => {
  await bench.close();
  bench = await RuntimeBench.open(
    { env: { HOME: home, PATH: process.env['PATH'] } },
    { refusal: () => new AppError('consent_required', 'Nobody has allowed it.', 'Allow it.') },
  );
  const ran = path.join(home, 'ran');
  const programs = ['node', 'uvx', 'uv', 'docker'].map((name) => path.join(home, name));
  for (const program of programs)
    await writeFile(program, `#!/bin/sh\n: > '${ran}'\necho 1.0\n`, { mode: 0o755 });
  for (const command of programs) {
    bench.add('one', { type: 'stdio', command, args: ['some-server'], env: { PATH: home } });
    expect(codes(await examine('one'))).toContain('not_allowed');
  }
  expect(existsSync(ran)).toBe(false);
});

it('tells whether Node keeps compiled code between starts', async () => {
  bench.add('one', { type: 'stdio', command: 'node', args: [real('memory')] });
  const bin = path.join(home, 'bin');
  await mkdir(bin);
  const pretend = async (version: string): Promise<Finding | undefined> => {
    await writeFile(path.join(bin, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    bench.add('two', { type: 'stdio', command: path.join(bin, 'node'), args: [real('memory')] });
    return find('two', 'compile_cache');
  };
  expect(await pretend('v20.20.2')).toMatchObject({
    severity: 'info',
    title: expect.stringContaining('newer Node'),
  });
  expect(await pretend('v22.1.0')).toMatchObject({ severity: 'ok' });
  bench.settings.compileCache = false;
  const off = await pretend('v24.21.0');
  expect(off?.action).toMatchObject({ method: 'settings.update', params: { patch: { compileCache: true } } });
  isAsked(off!.action!);
});
