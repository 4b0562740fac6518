import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeLetta } from '../fakes/letta/index.js';
import { Host, realServer } from '../support/host.js';
import { RpcClient } from '../support/rpc-client.js';

type Started = Awaited<ReturnType<typeof Host.start>>;

describe('a command that the person did not type', () => {
  let host: Started;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield-trust-'));
    host = await Host.start();
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A command that leaves a trace, so that it can be told whether it ran. */
  const tracing = (name: string) => ({
    command: process.execPath,
    args: ['-e', `require('fs').writeFileSync(${JSON.stringify(join(folder, name))}, '')`],
  });
  const ran = (name: string): boolean => existsSync(join(folder, name));

  async function bringIn(name: string, entry: object, client: RpcClient = host.client): Promise<string> {
    const source = { text: JSON.stringify({ mcpServers: { [name]: entry } }) };
    const { items } = await client.call('import.preview', { source });
    const choices = Object.fromEntries(items.map(({ key }) => [key, { action: 'add' as const }]));
    const { added } = await client.call('import.apply', { source, choices });
    return added[0] ?? '';
  }
  const start = (serverId: string): Promise<unknown> =>
    host.client.call('run.start', { serverId }).then(
      () => 'running',
      (error: { data?: { code?: string } }) => error.data?.code,
    );
  const digestOf = async (serverId: string): Promise<string> =>
    (await host.client.call('trust.state', { serverId })).digest ?? '';

  it('is not started by any method, and the run says why', async () => {
    const serverId = await bringIn('traced', tracing('traced'));
    expect(await start(serverId)).toBe('consent_required');
    await expect(host.client.call('run.restart', { serverId })).rejects.toMatchObject({
      data: { code: 'consent_required', hint: expect.stringMatching(/allow/i) as string },
    });
    await host.client.call('server.update', { id: serverId, patch: { lifecycle: { onDemand: true } } });
    await expect(host.client.call('tool.list', { serverId })).rejects.toMatchObject({
      data: { code: 'consent_required' },
    });
    await expect(host.client.call('tool.call', { serverId, name: 'x' })).rejects.toBeDefined();
    await host.client.call('doctor.check', { serverId });
    const { runs } = await host.client.call('app.snapshot', {});
    expect(runs.find((run) => run.serverId === serverId)).toMatchObject({
      state: 'failed',
      error: { code: 'consent_required' },
    });
    expect(ran('traced')).toBe(false);
  });

  it('runs once it was allowed; a copy of it too; not after it was changed', async () => {
    const { command, args } = realServer('memory');
    const serverId = await bringIn('memory', { command, args });
    expect(await start(serverId)).toBe('consent_required');
    const answered = host.client.next('trust.answered');
    await host.client.call('trust.allow', { serverId, digest: await digestOf(serverId) });
    expect(await answered).toEqual({ serverId, allowed: true });
    expect(await start(serverId)).toBe('running');
    await host.client.call('run.stop', { serverId });
    const copy = (await host.client.call('server.duplicate', { id: serverId })).server;
    expect(await start(copy.id)).toBe('running');
    await host.client.call('run.stop', { serverId: copy.id });

    const patch = { transport: tracing('changed') };
    await host.client.call('server.update', { id: copy.id, patch });
    expect(await start(copy.id)).toBe('consent_required');
    expect((await host.client.call('trust.state', { serverId: copy.id })).before).toMatchObject({ args });
    // Its origin cannot be edited away, nor can the change be hidden in a restore.
    await host.client.call('server.update', { id: copy.id, patch: { origin: null } });
    expect(await start(copy.id)).toBe('consent_required');
    await host.client.call('server.restore', { id: copy.id, revision: 1 });
    expect(await start(copy.id)).toBe('running');
    await host.client.call('run.stop', { serverId: copy.id });
    await host.client.call('server.restore', { id: copy.id, revision: 2 });
    expect(await start(copy.id)).toBe('consent_required');
    expect(ran('changed')).toBe(false);
  });

  it('is asked for again where an import overwrites what was typed', async () => {
    const { server } = await host.client.call('server.create', {
      server: { name: 'typed', transport: realServer('memory') },
    });
    expect(await start(server.id)).toBe('running');
    await host.client.call('run.stop', { serverId: server.id });
    const source = { text: JSON.stringify({ mcpServers: { typed: tracing('overwritten') } }) };
    const { items } = await host.client.call('import.preview', { source });
    const choices = { [items[0]?.key ?? '']: { action: 'overwrite' as const } };
    expect((await host.client.call('import.apply', { source, choices })).overwritten).toEqual([server.id]);
    expect(await start(server.id)).toBe('consent_required');
    expect(ran('overwritten')).toBe(false);
  });

  it('is asked for where a remote was its source: adopted, and pulled', async () => {
    const letta = await startFakeLetta({ version: '0.16.6', stdio: true });
    const row = (name: string, entry: { command: string; args: string[] }) => ({
      id: `mcp_server-${name}`,
      server_name: name,
      server_type: 'stdio',
      server_url: null,
      token: null,
      custom_headers: null,
      stdio_config: { server_name: name, type: 'stdio', env: {}, ...entry },
      tools: [],
    });
    letta.state.rows.push(row('adopted', tracing('adopted')) as never);
    const { remote } = await host.client.call('remote.create', {
      remote: { kind: 'letta', name: 'Letta', baseUrl: letta.url },
    });
    const adopted = await host.client.call('remote.adopt', {
      id: remote.id,
      remoteEntryId: 'mcp_server-adopted',
    });
    expect(adopted.server.origin).toEqual({ kind: 'remote', label: 'Letta' });
    expect(await start(adopted.server.id)).toBe('consent_required');

    const { server } = await host.client.call('server.create', {
      server: { name: 'patched', transport: realServer('memory') },
    });
    const { link } = await host.client.call('link.create', { serverId: server.id, remoteId: remote.id });
    await host.client.call('sync.apply', { linkIds: [link.id] });
    const there = letta.state.rows.find((one) => one.server_name === 'patched');
    Object.assign(there?.stdio_config ?? {}, tracing('pulled'));
    const { outcomes } = await host.client.call('sync.apply', {
      linkIds: [link.id],
      resolve: { [link.id]: 'remote' },
    });
    expect(outcomes).toMatchObject([{ status: 'synced' }]);
    expect(await start(server.id)).toBe('consent_required');
    expect([ran('adopted'), ran('pulled')]).toEqual([false, false]);
    await letta.close();
  });

  it('is not started with the host, nor after a restart of it', async () => {
    const first = await Host.start();
    const serverId = await bringIn('auto', tracing('auto'), first.client);
    await first.client.call('server.update', { id: serverId, patch: { lifecycle: { autostart: true } } });
    await first.stop();
    const second = await Host.start({ dataDir: first.dataDir });
    await expect
      .poll(async () => (await second.client.call('app.snapshot', {})).runs)
      .toMatchObject([{ serverId, state: 'failed', error: { code: 'consent_required' } }]);
    expect(ran('auto')).toBe(false);
    await second.stop();
    await first[Symbol.asyncDispose]();
  });

  it('is nothing a page can allow', async () => {
    const serverId = await bringIn('from a page', tracing('page'));
    const { origin } = new URL(host.ready.url);
    const page = await RpcClient.connect(host.ready.rpc, host.ready.token, { Origin: origin });
    const digest = await digestOf(serverId);
    await expect(page.call('trust.allow', { serverId, digest })).rejects.toMatchObject({
      data: { code: 'consent_required' },
    });
    await page.close();
    expect(await start(serverId)).toBe('consent_required');
  });

  describe('at the page of its own', () => {
    const ask = async (name: string): Promise<{ serverId: string; url: string; nonce: string }> => {
      const serverId = await bringIn(name, tracing(name));
      const { url = '' } = await host.client.call('trust.ask', { serverId });
      const text = await (await fetch(url)).text();
      return { serverId, url, nonce: /name="nonce" value="([^"]+)"/.exec(text)?.[1] ?? '' };
    };
    const answer = (url: string, form: Record<string, string>, headers: Record<string, string>) =>
      fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });

    it('is another origin than the window, cannot be framed, and closes with its answer', async () => {
      const { serverId, url, nonce } = await ask('at page');
      const { origin } = new URL(url);
      expect(origin).not.toBe(new URL(host.ready.url).origin);
      const page = await fetch(url);
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(page.headers.get('x-frame-options')).toBe('DENY');
      expect(page.headers.get('access-control-allow-origin')).toBeNull();
      expect((await answer(url, { nonce, answer: 'yes' }, { Origin: origin })).status).toBe(200);
      expect((await host.client.call('trust.state', { serverId })).trusted).toBe(true);
      expect((await fetch(url)).status).toBe(404);
    });

    it.each([
      ['from the window', (nonce: string) => ({ nonce }), () => new URL(host.ready.url).origin],
      ['from nowhere', (nonce: string) => ({ nonce }), () => 'null'],
      ['without the nonce', () => ({}), (origin: string) => origin],
      ['with another nonce', () => ({ nonce: 'x'.repeat(32) }), (origin: string) => origin],
    ])('takes no answer %s', async (what, form, from) => {
      const { serverId, url, nonce } = await ask(`refused ${what}`);
      const given = form(nonce) as Record<string, string>;
      const { status } = await answer(
        url,
        { ...given, answer: 'yes' },
        { Origin: from(new URL(url).origin) },
      );
      expect(status).toBe(403);
      expect((await host.client.call('trust.state', { serverId })).trusted).toBe(false);
    });

    it('shows a hostile command as text', async () => {
      const serverId = await bringIn('<img src=x onerror=alert(1)>', {
        command: '<script>alert(1)</script>',
        args: ['"><b>', '\u202e'],
      });
      const { url = '' } = await host.client.call('trust.ask', { serverId });
      const text = await (await fetch(url)).text();
      expect(text).not.toMatch(/<img|<script>|<b>|\u202e/);
      expect(text).toContain('⟨U+202E⟩');
    });
  });
});
