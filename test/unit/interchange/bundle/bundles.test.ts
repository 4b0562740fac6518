import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../../../src-main/contract/index.js';
import { Bundles } from '../../../../src-main/interchange/bundle/bundles.js';
import { unicodePath, zip, type ZipEntry } from '../../../support/zip.js';

const MANIFEST = {
  manifest_version: '0.3',
  name: 'weather',
  display_name: 'Weather',
  version: '1.2.0',
  description: 'Tells the weather.',
  author: { name: 'Ada' },
  server: {
    type: 'node',
    entry_point: 'server/index.js',
    mcp_config: {
      command: 'node',
      args: ['${__dirname}/server/index.js', '--units=${user_config.units}', '${user_config.folders}'],
      env: { API_KEY: 'Bearer ${user_config.api_key}', REGION: '${user_config.region}', LEVEL: 'info' },
    },
  },
  tools: [{ name: 'forecast', description: 'For a place' }],
  user_config: {
    api_key: { type: 'string', title: 'API key', description: 'Yours', required: true, sensitive: true },
    units: { type: 'string', title: 'Units', description: '', default: 'metric' },
    region: { type: 'string', title: 'Region', description: '' },
    folders: { type: 'directory', title: 'Folders', description: '', multiple: true, default: ['${HOME}/x'] },
    days: { type: 'number', title: 'Days', description: '', min: 1, max: 7 },
  },
};
const FILES: ZipEntry[] = [
  { name: 'server/', mode: 0o040755 },
  { name: 'server/index.js', data: 'console.log(1)' },
  { name: 'bin/run', data: '#!/bin/sh', mode: 0o100755 },
];
const manifest = (change: object = {}): ZipEntry => ({
  name: 'manifest.json',
  data: JSON.stringify({ ...MANIFEST, ...change }),
});
const server = (change: object) => ({
  server: { ...MANIFEST.server, mcp_config: { ...MANIFEST.server.mcp_config, ...change } },
});

describe('bundles', () => {
  let dataDir: string;
  let bundles: Bundles;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jackfield-bundles-'));
    bundles = new Bundles({ dataDir }, 'linux');
  });
  afterEach(async () => {
    await bundles.dispose();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  async function send(file: Uint8Array, fileName = 'weather.mcpb'): Promise<string> {
    const id = await bundles.begin(fileName, file.length);
    for (let at = 0; at < file.length; at += 1_000) await bundles.append(id, file.subarray(at, at + 1_000));
    return id;
  }
  const problem = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: AppError) => (error.code === 'invalid' ? error.message : String(error)),
    );
  const inspect = async (...entries: ZipEntry[]) => bundles.inspect(await send(zip(entries)));
  const unpacked = (): string[] =>
    existsSync(join(dataDir, 'bundles')) ? readdirSync(join(dataDir, 'bundles')) : [];

  it('show the whole of what would be run, and unpack nothing for that', async () => {
    const shown = await inspect(manifest(), ...FILES);
    expect(shown).toMatchObject({
      fileName: 'weather.mcpb',
      title: 'Weather',
      version: '1.2.0',
      author: 'Ada',
      kind: 'node',
      command: 'node',
      args: [`${shown.folder}/server/index.js`, '--units=${user_config.units}', '${user_config.folders}'],
      env: { API_KEY: 'Bearer ${user_config.api_key}', LEVEL: 'info' },
      fileCount: 3,
      tools: [{ name: 'forecast', description: 'For a place' }],
      problems: [],
      warnings: [],
    });
    expect(shown.folder.startsWith(join(dataDir, 'bundles', 'weather-'))).toBe(true);
    expect(shown.fields.map(({ key, sensitive, default: value }) => [key, sensitive, value])).toEqual([
      ['api_key', true, undefined],
      ['units', false, 'metric'],
      ['region', false, undefined],
      ['folders', false, [expect.stringMatching(/^\/.*\/x$/)]],
      ['days', false, undefined],
    ]);
    expect(unpacked()).toEqual([]);
  });

  it('become a server with their secrets as secrets, and files that run as programs', async () => {
    const id = await send(zip([manifest(), ...FILES]));
    const { server, folder } = await bundles.unpack(id, {
      // Values that look like variables, or like a replacement's patterns, are what they are.
      api_key: '$& ${__dirname} k',
      folders: ['/a', '/b'],
    });
    expect(server).toEqual({
      name: 'Weather',
      description: 'Tells the weather.',
      transport: {
        type: 'stdio',
        command: 'node',
        args: [`${folder}/server/index.js`, '--units=metric', '/a', '/b'],
        env: { API_KEY: { newSecret: 'Bearer $& ${__dirname} k' }, LEVEL: 'info' },
      },
    });
    expect(await readFile(join(folder, 'server/index.js'), 'utf8')).toBe('console.log(1)');
    expect(statSync(join(folder, 'bin/run')).mode & 0o777).toBe(0o755 & ~process.umask());
    expect(statSync(join(folder, 'server/index.js')).mode & 0o111).toBe(0);
  });

  it('take no values that cannot be, and say which', async () => {
    const id = await send(zip([manifest(), ...FILES]));
    const work = bundles.unpack(id, { days: 8, units: 3, region: 'a\0', folders: '/a', more: 'x' });
    await expect(work).rejects.toMatchObject({
      issues: [
        { path: 'config.api_key', message: 'must be filled in' },
        { path: 'config.units', message: 'must be text' },
        { path: 'config.region', message: 'must not contain a NUL character' },
        { path: 'config.days', message: 'must be at most 7' },
        { path: 'config.more', message: 'is not asked for' },
      ],
    });
    expect(unpacked()).toEqual([]);
  });

  it.each<[string, ZipEntry | ZipEntry[], RegExp]>([
    ['a way up and out', { name: '../evil.js' }, /relative path|not safe/],
    ['a way up within', { name: 'a/../../evil.js' }, /relative path|not safe/],
    ['an absolute path', { name: '/etc/evil' }, /absolute path|not safe/],
    ['a drive', { name: 'C:/evil' }, /absolute path|not safe/],
    ['backslashes', { name: '..\\evil.js' }, /invalid characters|not safe/],
    ['a stream of another file', { name: 'a.js:hidden' }, /not safe/],
    ['a device of Windows', { name: 'server/aux.js' }, /not safe/],
    ['the console of Windows', { name: 'CONIN$' }, /not safe/],
    ['a port of Windows, by a raised digit', { name: 'server/com¹.js' }, /not safe/],
    ['a device of Windows before a space', { name: 'aux .js' }, /not safe/],
    [
      'a second name that leads out',
      { name: 'a.js', extra: unicodePath('a.js', '../../evil') },
      /relative path|not safe/,
    ],
    ['a second name that is a device', { name: 'a.js', extra: unicodePath('a.js', 'nul') }, /not safe/],
    [
      'a link that claims to come from MS-DOS',
      { name: 'l', data: '/etc', mode: 0o120777, madeBy: 0 },
      /link or a device/,
    ],
    ['a pipe', { name: 'pipe', mode: 0o010644 }, /link or a device/],
    ['a socket', { name: 'socket', mode: 0o140644 }, /link or a device/],
    ['a file twice, by two forms of a letter', [{ name: 'é' }, { name: 'e\u0301' }], /twice/],
    ['a file twice, by the sign of the kelvin', [{ name: 'k.js' }, { name: '\u212a.js' }], /twice/],
    ['a second manifest', { name: 'Manifest.json', data: '{}' }, /twice/],
    [
      'many entries over the same bytes',
      [
        { name: 'a', data: 'x', claims: 600_000_000 },
        { name: 'b', data: 'x', claims: 600_000_000, overlaps: true },
      ],
      /more than 1000 MB/,
    ],
    ['a name with a control character', { name: 'a\u0007b' }, /not safe/],
    ['a name that Windows shortens', { name: 'server /x' }, /not safe/],
    ['a link', { name: 'link', data: '/etc/passwd', mode: 0o120777 }, /link or a device/],
    ['a device', { name: 'dev', mode: 0o060644 }, /link or a device/],
    ['a file twice', [{ name: 'A.js' }, { name: 'a.js' }], /twice/],
    [
      'a file that is a folder too',
      [
        { name: 'a', data: 'x' },
        { name: 'a/b', data: 'y' },
      ],
      /could not be unpacked/,
    ],
    ['an encrypted file', { name: 'x', data: 'y', flags: 0x0801 }, /without its author/],
    [
      'more bytes than it says',
      { name: 'bomb', data: 'x'.repeat(100_000), claims: 10 },
      /could not be unpacked/,
    ],
    ['too many bytes', { name: 'bomb', data: 'x', claims: 4_000_000_000 }, /more than 1000 MB/],
  ])('are refused with %s, and leave nothing behind', async (_what, entries, why) => {
    const id = await send(zip([manifest(), ...[entries].flat()]));
    expect(await problem(bundles.unpack(id, { api_key: 'k' }))).toMatch(why);
    expect(unpacked()).toEqual([]);
  });

  it('are refused with too many files', async () => {
    const many = Array.from({ length: 50_001 }, (_, n) => ({ name: `f${n}` }));
    expect(await problem(inspect(manifest(), ...many))).toMatch(/more than 50000 files/);
  });

  it.each<[string, Buffer, RegExp]>([
    ['that are no zip file', Buffer.from('hello'), /cannot be read/],
    ['that are empty', zip([]), /no manifest.json/],
    ['whose manifest is a list', zip([{ name: 'manifest.json', data: '[]' }]), /version of the format/],
    ['whose manifest is nothing', zip([{ name: 'manifest.json', data: 'null' }]), /version of the format/],
    [
      'whose manifest is no UTF-8',
      zip([{ name: 'manifest.json', data: Buffer.from([0x22, 0xff, 0x22]) }]),
      /cannot be read/,
    ],
    [
      'whose manifest is deeper than anybody could look',
      zip([{ name: 'manifest.json', data: '['.repeat(900_000) + ']'.repeat(900_000) }]),
      /no JSON|version of the format/,
    ],
    [
      'of a version by the name of what every object has',
      zip([manifest({ manifest_version: 'constructor' })]),
      /version of the format/,
    ],
    ['of the next version', zip([manifest({ manifest_version: '0.99' })]), /version of the format/],
    ['that hold no JSON', zip([{ name: 'manifest.json', data: '{' }]), /no JSON/],
    ['of an unknown version', zip([manifest({ manifest_version: '9.0' })]), /version of the format/],
    [
      'that lack what the format wants',
      zip([manifest({ name: undefined })]),
      /not as the format wants it: name/,
    ],
    ['whose manifest is huge', zip([{ name: 'manifest.json', data: ' '.repeat(3_000_000) }]), /too large/],
  ])('%s are refused', async (_what, file, why) => {
    expect(await problem(bundles.inspect(await send(file)))).toMatch(why);
  });

  it.each<[string, object, RegExp]>([
    [
      'a secret on its command line',
      server({ args: ['--key=${user_config.api_key}'] }),
      /secret “API key” on its command line/,
    ],
    ['characters that cannot be seen', server({ args: ['a\u202eb'] }), /cannot be seen/],
    [
      'another system alone',
      { compatibility: { platforms: ['darwin', 'win32'] } },
      /made for macOS and Windows/,
    ],
    [
      'several values where one can stand',
      server({ args: ['--in=${user_config.folders}'] }),
      /several values/,
    ],
  ])('with %s cannot be installed', async (_what, change, why) => {
    const id = await send(zip([manifest(change), ...FILES]));
    expect((await bundles.inspect(id)).problems.join()).toMatch(why);
    expect(await problem(bundles.unpack(id, { api_key: 'k' }))).toMatch(why);
    expect(unpacked()).toEqual([]);
  });

  it('reach nothing by names that every object has', async () => {
    const text = JSON.stringify({
      ...MANIFEST,
      ...server({ args: ['${constructor}', '${user_config.toString}', '${__proto__}'], env: { E: '-ENV-' } }),
      user_config: { constructor: { type: 'string', title: 'C', description: '', default: 'c' } },
    }).replace('"E":"-ENV-"', '"__proto__":"p","E":"${user_config.constructor}"');
    const id = await send(zip([{ name: 'manifest.json', data: text }, ...FILES]));
    const { server: made } = await bundles.unpack(id, {});
    // A variable that nobody knows stays as it is written, or is empty where it stands for a value of the person's.
    expect(made.transport).toMatchObject({ args: ['${constructor}', '${__proto__}'], env: { E: 'c' } });
    expect(Object.getPrototypeOf((made.transport as { env: object }).env)).toBe(Object.prototype);
    expect(({} as { p?: unknown }).p).toBeUndefined();
  });

  it('put the person’s values in as they are, whatever they look like', async () => {
    const id = await send(zip([manifest(), ...FILES]));
    const { server: made, folder } = await bundles.unpack(id, {
      api_key: '${user_config.units}',
      units: '${__dirname}',
      region: '$(touch /tmp/x)`id`;${HOME}',
      folders: ['--flag', '${HOME}', ''],
    });
    expect(made.transport).toMatchObject({
      args: [`${folder}/server/index.js`, '--units=${__dirname}', '--flag', '${HOME}'],
      env: { API_KEY: { newSecret: 'Bearer ${user_config.units}' }, REGION: '$(touch /tmp/x)`id`;${HOME}' },
    });
  });

  it('follow what their manifest says of this platform', async () => {
    const overrides = {
      platform_overrides: { linux: { command: './bin/run', args: [] }, win32: { command: 'x' } },
    };
    const shown = await inspect(manifest(server(overrides)), ...FILES);
    expect([shown.command, shown.args]).toEqual(['./bin/run', []]);
  });

  it('of Python’s uv need no command of their own', async () => {
    const uv = { manifest_version: '0.4', server: { type: 'uv', entry_point: 'src/main.py' } };
    const shown = await inspect(manifest(uv), { name: 'src/main.py' });
    expect([shown.command, ...shown.args]).toEqual(['uv', 'run', '--directory', shown.folder, 'src/main.py']);
  });

  it('with a signature are read as the others', async () => {
    const block = Buffer.concat([
      Buffer.from('MCPB_SIG_V1'),
      Buffer.alloc(500, 7),
      Buffer.from('MCPB_SIG_END'),
    ]);
    const id = await send(Buffer.concat([zip([manifest(), ...FILES]), block]));
    expect((await bundles.inspect(id)).title).toBe('Weather');
    expect((await bundles.inspect(id)).fileCount).toBe(3);
  });

  it('show what a stranger wrote without what would hide or reorder it', async () => {
    const shown = await inspect(
      manifest({ display_name: 'Wea\u202ether\n2', description: 'a\u0000b' }),
      ...FILES,
    );
    expect([shown.title, shown.description]).toEqual(['Wea\ufffdther 2', 'a b']);
  });

  it('that are larger than announced, or not whole, or too large, are refused', async () => {
    const id = await bundles.begin('x.mcpb', 3);
    await bundles.append(id, Buffer.from('ab'));
    expect(await problem(bundles.inspect(id))).toMatch(/not arrived whole/);
    expect(await problem(bundles.append(id, Buffer.from('cd')))).toMatch(/larger than announced/);
    expect(await problem(bundles.begin('x', 10 ** 9))).toMatch(/too large/);
    await bundles.discard(id);
    await expect(bundles.inspect(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(readdirSync(join(dataDir, 'cache/bundles'))).toEqual([]);
  });

  it('are eight at a time', async () => {
    for (let n = 0; n < 8; n += 1) await bundles.begin('x', 1);
    await expect(bundles.begin('x', 1)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('that the end of the app kept from being unpacked whole are gone after the next start', async () => {
    const id = await send(zip([manifest(), ...FILES]));
    const { folder } = await bundles.unpack(id, { api_key: 'k' });
    renameSync(folder, `${folder}.unfinished`);
    await bundles.sweep([]);
    expect(unpacked()).toEqual([]);
  });

  it('are kept for a month after the last server of theirs', async () => {
    const id = await send(zip([manifest(), ...FILES]));
    const { folder } = await bundles.unpack(id, { api_key: 'k' });
    const day = 24 * 3_600_000;
    const old = (Date.now() - 40 * day) / 1000;
    await utimes(folder, old, old);
    const args = [`${folder}/server/index.js`];
    await bundles.sweep([{ transport: { type: 'stdio', command: 'node', args, env: {} } }]);
    await bundles.sweep([]);
    expect(existsSync(folder)).toBe(true);
    await bundles.sweep([], Date.now() + 31 * day);
    expect(existsSync(folder)).toBe(false);
  });
});
