import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import yaml from 'yaml';
import { signedFeed } from '../../build/lib/sign-update.mjs';
import type { UpdateState } from '../../src-main/contract/index.js';
import { Desktop, stageDesktop } from '../support/desktop.js';
import { realServer } from '../support/host.js';

const NEW = 'Jackfield-9.9.9.AppImage';
const newKeys = () => generateKeyPairSync('ed25519');
const spki = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');
const pem = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'pkcs8' }));

// An AppImage is the one package that can be put in place without the OS's help, so it is the one tried here. The
// updater itself is the real one, in the built bundle.
describe.runIf(process.platform === 'linux')('updates of a packaged app', () => {
  const keys = newKeys();
  let app: string;
  let folder: string;
  let feed: Server;
  const files = new Map<string, string>();
  let asked: string[];

  beforeAll(async () => {
    app = await stageDesktop();
    const file = join(app, 'package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...manifest, updateKey: spki(keys.publicKey) }));
  });
  afterAll(() => rm(app, { recursive: true, force: true, maxRetries: 5 }));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield-updates-'));
    asked = [];
    feed = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://x').pathname.slice(1);
      asked.push(name);
      const body = files.get(name);
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => feed.listen(0, '127.0.0.1', resolve));
    await mkdir(join(folder, 'resources'));
    const url = `http://127.0.0.1:${(feed.address() as AddressInfo).port}/`;
    const config = { provider: 'generic', url, updaterCacheDirName: 'jackfield-updater' };
    await writeFile(join(folder, 'resources/app-update.yml'), yaml.stringify(config));
    await writeFile(join(folder, 'Jackfield.AppImage'), 'old');
  });
  afterEach(async () => {
    feed.close();
    feed.closeAllConnections();
    files.clear();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** The new version says that it was started, so that the test sees it. */
  async function publish(
    privateKey: KeyObject | undefined,
    change: (text: string) => string = (text) => text,
  ) {
    const body = `#!/bin/sh\necho started > ${join(folder, 'started')}\n`;
    const sha512 = createHash('sha512').update(body).digest('base64');
    const info = {
      version: '9.9.9',
      files: [{ url: NEW, sha512, size: body.length }],
      path: NEW,
      sha512,
      releaseDate: '2026-01-01T00:00:00.000Z',
    };
    const text = yaml.stringify(info);
    files.set(NEW, body);
    files.set('latest-linux.yml', change(privateKey ? await signedFeed(text, pem(privateKey)) : text));
    return body;
  }

  const start = async (env: NodeJS.ProcessEnv = {}): Promise<Desktop> => {
    const desktop = Desktop.start(app, await mkdtemp(join(tmpdir(), 'jackfield-data-')), {
      STUB_PACKAGED: '1',
      STUB_APP: app,
      STUB_RESOURCES: join(folder, 'resources'),
      APPIMAGE: join(folder, 'Jackfield.AppImage'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      ...env,
    });
    await desktop.heard('window');
    return desktop;
  };
  const check = async (desktop: Desktop): Promise<UpdateState> =>
    ((await desktop.ask('update.check')).result as { update: UpdateState }).update;

  it('are found, fetched, put in place when the person says so, and started', async () => {
    const body = await publish(keys.privateKey);
    await using desktop = await start();
    expect(await check(desktop)).toEqual({ state: 'ready', version: '9.9.9' });
    expect(existsSync(join(folder, 'started'))).toBe(false);
    expect((await desktop.ask('update.install')).error).toBeUndefined();
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
    // A name without a version is the person's own and is kept.
    expect(await readFile(join(folder, 'Jackfield.AppImage'), 'utf8')).toBe(body);
    await vi.waitFor(() => expect(existsSync(join(folder, 'started'))).toBe(true));
  });

  it('leave the version that is, and start it anew, where they cannot be put in place', async () => {
    await publish(keys.privateKey);
    await using desktop = await start();
    expect((await check(desktop)).state).toBe('ready');
    // The old file has gone from where it was started.
    await rm(join(folder, 'Jackfield.AppImage'));
    expect((await desktop.ask('update.install')).error).toBeUndefined();
    const { with: args } = await desktop.heard('called', ({ what }) => what === 'app.relaunch');
    expect(args).toMatchObject([{ execPath: join(folder, 'Jackfield.AppImage') }]);
    expect((await desktop.exited).code).toBe(1);
    expect(desktop.stderr).toContain('The update could not be put in place');
  });

  it('are not put in place by a quit that nobody asked them for', async () => {
    await publish(keys.privateKey);
    await using desktop = await start();
    expect((await check(desktop)).state).toBe('ready');
    desktop.do({ do: 'quit' });
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
    expect(await readFile(join(folder, 'Jackfield.AppImage'), 'utf8')).toBe('old');
  });

  it.each([
    ['without a signature', undefined, undefined],
    ['signed by somebody else', newKeys().privateKey, undefined],
    ['whose hash was changed after it was signed', keys.privateKey, /sha512: \w/g],
  ] as const)('are refused %s, before anything of them is fetched', async (_what, key, changed) => {
    await publish(key, (text) => (changed ? text.replaceAll(changed, 'sha512: _') : text));
    await using desktop = await start();
    expect(await check(desktop)).toMatchObject({ state: 'refused', version: '9.9.9' });
    expect(asked).toEqual(['latest-linux.yml']);
    expect((await desktop.ask('update.install')).error?.message).toBe('No update is ready to be installed.');
  });

  it('are refused where the file is not the one that was signed', async () => {
    await publish(keys.privateKey);
    files.set(NEW, `${files.get(NEW) ?? ''}# and more\n`);
    await using desktop = await start();
    expect(await check(desktop)).toMatchObject({ state: 'off' });
    expect(asked).toContain(NEW);
  });

  it('are no older versions', async () => {
    await publish(keys.privateKey);
    await using desktop = await start({ STUB_VERSION: '10.0.0' });
    expect(await check(desktop)).toMatchObject({ state: 'off', checkedAt: expect.any(String) as string });
  });

  it('are no matter where there is no network', async () => {
    feed.close();
    await using desktop = await start();
    expect(await check(desktop)).toEqual({ state: 'off', problem: expect.any(String) as string });
    await desktop.ask('app.snapshot');
    const { result } = await desktop.ask('app.snapshot');
    expect(result).toMatchObject({ notices: [] });
  });

  it('wait for a tool call that is under way', async () => {
    await publish(keys.privateKey);
    await using desktop = await start();
    await check(desktop);
    const created = await desktop.ask('server.create', {
      server: { name: 'everything', transport: realServer('everything') },
    });
    const { server } = created.result as { server: { id: string } };
    await desktop.ask('run.start', { serverId: server.id });
    const callId = 'call-1';
    const call = desktop.ask('tool.call', {
      serverId: server.id,
      name: 'trigger-long-running-operation',
      arguments: { duration: 20, steps: 20 },
      callId,
    });
    await desktop.heard(
      'message',
      ({ message }) => (message as { method?: string }).method === 'call.progress',
    );
    expect((await desktop.ask('update.install')).error?.message).toMatch(/tool call is running/);
    await desktop.ask('tool.cancel', { callId });
    await call;
    expect((await desktop.ask('update.install')).error).toBeUndefined();
    expect((await desktop.exited).code).toBe(0);
  });

  it.each([
    ['of a copy that belongs to no installer', { APPIMAGE: '' }, /installer/],
    ['of a checkout', { STUB_PACKAGED: '' }, /checkout/],
    ['of a build without a key', { STUB_APP: '/nowhere' }, /key/],
    ['of a build without a feed', { STUB_RESOURCES: '/nowhere' }, /no place/],
  ])('are none %s, and it says why', async (_what, env, why) => {
    await using desktop = await start(env);
    // It is not offered either, before anybody has looked.
    await desktop.ask('app.snapshot');
    await desktop.heard(
      'message',
      ({ message }) => (message as { method?: string }).method === 'update.changed',
    );
    const { result } = await desktop.ask('update.status');
    expect(result).toMatchObject({ update: { state: 'unsupported' } });
    expect(await check(desktop)).toEqual({
      state: 'unsupported',
      reason: expect.stringMatching(why) as string,
    });
    expect(asked).toEqual([]);
  });
});
