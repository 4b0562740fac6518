import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Interchange } from '../../src-main/interchange/interchange.js';
import { bundleForNode } from '../support/bundle.js';
import { server } from '../unit/interchange/servers.js';

// What a client's file may turn out to be, and what may happen while it is written: real files, links, pipes and disks.

const CURSOR = '{\n  "mcpServers": {\n    "theirs": { "command": "x" }\n  }\n}\n';
const isRoot = process.getuid?.() === 0;
const mine = server('mine', { type: 'stdio', command: 'npx', args: ['mine-mcp'] });

let home = '';
let interchange: Interchange;
const mounted: string[] = [];
const at = (...parts: string[]): string => join(home, ...parts);
const cursor = (): string => at('.cursor', 'mcp.json');

async function put(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jackfield-attack-'));
  interchange = on(at('data'));
});
afterEach(async () => {
  for (const folder of mounted.splice(0)) execFileSync('umount', ['-l', folder]);
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

const on = (dataDir: string): Interchange => new Interchange({ home, env: {}, platform: 'linux', dataDir });

/** The client's own view of its file: what it would start. */
async function namesIn(path: string): Promise<string[]> {
  const content = JSON.parse(await readFile(path, 'utf8')) as { mcpServers: object };
  return Object.keys(content.mcpServers);
}

describe('a client’s file that is none', () => {
  const scanned = async () => (await interchange.scan()).find(({ client }) => client === 'cursor');

  it('is not waited for where it is a pipe', async () => {
    await mkdir(at('.cursor'));
    execFileSync('mkfifo', [cursor()]);
    expect((await scanned())?.problem).toMatch(/pipe/);
    await expect(interchange.exportApply('cursor', [mine])).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/pipe.*It was not touched/) as string,
    });
    await expect(interchange.preview({ client: 'cursor' }, [])).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect((await lstat(cursor())).isFIFO()).toBe(true);
    // What a program keeps its projects in may be one as well.
    execFileSync('mkfifo', [at('.claude.json')]);
    expect(await interchange.scan()).not.toEqual([]);
  });

  it('is refused where it is a folder, a device or tens of megabytes of something', async () => {
    await mkdir(cursor(), { recursive: true });
    expect((await scanned())?.problem).toMatch(/folder/);
    await expect(interchange.exportApply('cursor', [mine])).rejects.toMatchObject({ code: 'unsupported' });
    await rm(cursor(), { recursive: true });
    await symlink('/dev/zero', cursor());
    expect((await scanned())?.problem).toMatch(/device/);
    await rm(cursor());
    await put(cursor(), `{ "x": "${'y'.repeat(70_000_000)}" }`);
    expect((await scanned())?.problem).toMatch(/bytes/);
    await expect(interchange.exportApply('cursor', [mine])).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('is written at once where it is large but a config', async () => {
    const chats = `"chats": ["${'z'.repeat(50_000_000)}"]`;
    await put(cursor(), `{\n  ${chats},\n  "mcpServers": {}\n}\n`);
    await interchange.exportApply('cursor', [mine]);
    const text = await readFile(cursor(), 'utf8');
    expect(text.startsWith(`{\n  ${chats},\n  "mcpServers": {`)).toBe(true);
    expect(await namesIn(cursor())).toEqual(['mine']);
  }, 60_000);

  it('does not keep the other clients back', async () => {
    await put(at('.codex', 'config.toml'), '[mcp_servers.good]\ncommand = "x"\n');
    await mkdir(at('.cursor'));
    await symlink('mcp.json', cursor());
    const { items, problems } = await interchange.preview({ clients: ['cursor', 'codex'] }, []);
    expect(items.map(({ name }) => name)).toEqual(['good']);
    expect(problems.join()).toMatch(/Cursor.*circle of links/);
  });

  it('can be put back from its backup, whatever took its place', async () => {
    await put(cursor(), CURSOR);
    await interchange.exportApply('cursor', [mine]);
    for (const spoiled of [
      Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x01]),
      Buffer.from([0xc3, 0x28]),
      '{ "a": ',
    ]) {
      await writeFile(cursor(), spoiled);
      const { before } = await interchange.undoPreview('cursor');
      expect(before).toMatch(/not shown/);
      const [oldest] = (await interchange.backups('cursor')).reverse();
      const { backup } = await interchange.undo('cursor', oldest?.backup);
      expect(await readFile(cursor(), 'utf8')).toBe(CURSOR);
      expect(await readFile(backup ?? '')).toEqual(Buffer.from(spoiled));
    }
  });
});

describe('links', () => {
  it('that lead to the file over others stay as they are, also where the last leads nowhere yet', async () => {
    await mkdir(at('.cursor'));
    await mkdir(at('dotfiles', 'deep'), { recursive: true });
    await symlink('../dotfiles/first', cursor());
    await symlink('deep/second.json', at('dotfiles', 'first'));
    await interchange.exportApply('cursor', [mine]);
    expect(await namesIn(at('dotfiles', 'deep', 'second.json'))).toEqual(['mine']);
    expect(await readlink(cursor())).toBe('../dotfiles/first');
    expect(await readlink(at('dotfiles', 'first'))).toBe('deep/second.json');
    await interchange.undo('cursor');
    await expect(stat(cursor())).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readlink(cursor())).toBe('../dotfiles/first');
  });

  it('in a circle are refused in words', async () => {
    await mkdir(at('.cursor'));
    await symlink('b', cursor());
    await symlink('mcp.json', at('.cursor', 'b'));
    await expect(interchange.exportApply('cursor', [mine])).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/circle of links/) as string,
    });
    expect(await readlink(cursor())).toBe('b');
  });

  it.skipIf(!isRoot)('that lead to somebody else’s file leave it to its owner', async () => {
    await put(at('shared.json'), CURSOR);
    await chown(at('shared.json'), 65_534, 65_534);
    await chmod(at('shared.json'), 0o664);
    await mkdir(at('.cursor'));
    await symlink(at('shared.json'), cursor());
    await interchange.exportApply('cursor', [mine]);
    expect(await namesIn(at('shared.json'))).toEqual(['theirs', 'mine']);
    const { uid, gid, mode } = await stat(at('shared.json'));
    expect([uid, gid, mode & 0o777]).toEqual([65_534, 65_534, 0o664]);
  });

  it('to a file that may not be written are no way around that', async () => {
    await put(at('locked.json'), CURSOR);
    await chmod(at('locked.json'), 0o444);
    await mkdir(at('.cursor'));
    await symlink(at('locked.json'), cursor());
    await expect(interchange.exportApply('cursor', [mine])).rejects.toMatchObject({ code: 'io' });
    expect(await readFile(at('locked.json'), 'utf8')).toBe(CURSOR);
    expect((await stat(at('locked.json'))).mode & 0o777).toBe(0o444);
  });
});

describe('while it is written', () => {
  it('by two at once, each finds what the other has written', async () => {
    await put(cursor(), CURSOR);
    const both = [on(at('one')), on(at('two'))];
    const writes = Array.from({ length: 10 }, (_, count) =>
      both.map((one, which) =>
        one.exportApply('cursor', [server(`s${which}-${count}`, { type: 'stdio', command: 'x' })]),
      ),
    );
    const results = await Promise.allSettled(writes.flat());
    const names = new Set(await namesIn(cursor()));
    expect(names).toContain('theirs');
    const refused = results.filter((result) => result.status === 'rejected');
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: expect.stringMatching(/revision_conflict|io/) as string });
    expect(names.size).toBeGreaterThan(10);
  });

  it('and this program is killed, the file is the old one or the new one', async () => {
    await put(cursor(), CURSOR);
    const worker = await bundleForNode('test/support/endless-export.ts');
    for (let round = 0; round < 12; round += 1) {
      const child = spawn(process.execPath, [worker, home, at('data')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      // A little later each time, so that it meets another step of the writing.
      for (let turn = 0; turn < round * 7; turn += 1) await readFile(cursor());
      child.kill('SIGKILL');
      await ended;
      const content = JSON.parse(await readFile(cursor(), 'utf8')) as {
        mcpServers: Record<string, { args?: string[] }>;
      };
      expect(content.mcpServers['theirs']).toEqual({ command: 'x' });
      if (content.mcpServers['mine']) expect(content.mcpServers['mine'].args?.[1]).toHaveLength(20_000);
    }
    // What the killed have left beside it goes with the first write after a while.
    const left = join(dirname(cursor()), 'mcp.json.0123456789ab.tmp');
    await writeFile(left, 'half');
    const long = new Date(Date.now() - 3_600_000);
    for (const name of await readdir(dirname(cursor())))
      if (name.endsWith('.tmp')) await utimes(join(dirname(cursor()), name), long, long);
    await interchange.exportApply('cursor', [mine]);
    expect(await readdir(dirname(cursor()))).toEqual(['mcp.json']);
  }, 60_000);
});

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
}

describe.skipIf(!canMount())('a disk', () => {
  const mount = (folder: string, options: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    mounted.push(folder);
  };

  it('that is full leaves the client’s file as it was, and says so', async () => {
    await mkdir(at('.cursor'));
    mount(at('.cursor'), 'size=64k');
    await put(cursor(), CURSOR);
    await writeFile(at('.cursor', 'ballast'), Buffer.alloc(1_000_000)).catch(() => undefined);
    const large = server('large', { type: 'stdio', command: 'x', args: ['y'.repeat(30_000)] });
    await expect(interchange.exportApply('cursor', [large])).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/disk is full/) as string,
    });
    expect(await readFile(cursor(), 'utf8')).toBe(CURSOR);
    expect((await readdir(at('.cursor'))).sort()).toEqual(['ballast', 'mcp.json']);
    await rm(at('.cursor', 'ballast'));
    await interchange.exportApply('cursor', [mine]);
    expect(await namesIn(cursor())).toEqual(['theirs', 'mine']);
  });

  it('for backups that is full keeps the client’s file from being written', async () => {
    await put(cursor(), CURSOR);
    await mkdir(at('data'));
    mount(at('data'), 'size=16k');
    await writeFile(at('data', 'ballast'), Buffer.alloc(1_000_000)).catch(() => undefined);
    await expect(interchange.exportApply('cursor', [mine])).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/no backup/) as string,
    });
    expect(await readFile(cursor(), 'utf8')).toBe(CURSOR);
  });

  it('that is read-only, behind a link, is told of', async () => {
    await mkdir(at('ro'));
    mount(at('ro'), 'size=1m');
    await put(at('ro', 'mcp.json'), CURSOR);
    execFileSync('mount', ['-o', 'remount,ro', at('ro')]);
    await mkdir(at('.cursor'));
    await symlink(at('ro', 'mcp.json'), cursor());
    await expect(interchange.exportApply('cursor', [mine])).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/read-only/) as string,
    });
    expect(await readFile(cursor(), 'utf8')).toBe(CURSOR);
  });
});
