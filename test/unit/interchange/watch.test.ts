import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ClientWatch } from '../../../src-main/interchange/watch/client-watch.js';
import { PathWatcher } from '../../../src-main/interchange/watch/path-watcher.js';
import { allTargets } from '../../../src-main/interchange/clients/targets.js';
import { Home, foo } from './home.js';

const home = Home.use();
const { at, put } = home;

const running: { dispose(): void }[] = [];
afterEach(() => running.splice(0).forEach((one) => one.dispose()));

describe('watching paths', () => {
  /** `pollMs` that never comes leaves the system's events alone to tell. */
  async function watching(paths: string[], pollMs: number): Promise<string[]> {
    const heard: string[] = [];
    const watcher = new PathWatcher(
      (changed) => heard.push(...changed),
      () => pollMs,
    );
    running.push(watcher);
    await watcher.watch(paths);
    return heard;
  }
  const NEVER = 1e8;

  it.each([
    ['by events', NEVER],
    ['by polling', 20],
  ])('sees a file written in place, %s', async (_, pollMs) => {
    await put(at('a/x.json'), '1');
    await put(at('a/y.json'), '1');
    const heard = await watching([at('a/x.json'), at('a/y.json')], pollMs);
    await writeFile(at('a/x.json'), '22');
    await vi.waitFor(() => expect(heard).toContain(at('a/x.json')));
    expect(heard).not.toContain(at('a/y.json'));
  });

  it('sees a file that is replaced by a rename, again and again', async () => {
    await put(at('a/x.json'), '1');
    const heard = await watching([at('a/x.json')], NEVER);
    for (const round of [1, 2, 3]) {
      await writeFile(at('a/x.tmp'), `${round}`);
      await rename(at('a/x.tmp'), at('a/x.json'));
      await vi.waitFor(() => expect(heard).toHaveLength(round));
    }
  });

  it('sees the file behind a link', async () => {
    await put(at('dotfiles/x.json'), '1');
    await mkdir(at('a'));
    await symlink('../dotfiles/x.json', at('a/x.json'));
    const heard = await watching([at('a/x.json')], NEVER);
    await writeFile(at('dotfiles/x.json'), '22');
    await vi.waitFor(() => expect(heard).toEqual([at('a/x.json')]));
  });

  it('sees a file in a folder that is made later, goes, and comes again', async () => {
    const heard = await watching([at('later/deep/x.json')], 20);
    await put(at('later/deep/x.json'), '1');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await rm(at('later'), { recursive: true });
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    await put(at('later/deep/x.json'), '1');
    await vi.waitFor(() => expect(heard).toHaveLength(3));
  });

  it('goes on with the events of a folder that took the place of another', async () => {
    await put(at('a/x.json'), '1');
    const heard: string[] = [];
    let pollMs = 20;
    let polls = 0;
    const watcher = new PathWatcher(
      (changed) => heard.push(...changed),
      () => ((polls += 1), pollMs),
    );
    running.push(watcher);
    await watcher.watch([at('a/x.json')]);
    await rename(at('a'), at('old'));
    await put(at('a/x.json'), '22');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    // One more poll sees the new folder; after that there are events alone.
    const before = polls;
    await vi.waitFor(() => expect(polls).toBeGreaterThan(before + 1));
    pollMs = NEVER;
    const last = polls;
    await vi.waitFor(() => expect(polls).toBeGreaterThan(last));
    await writeFile(at('a/x.json'), '333');
    await vi.waitFor(() => expect(heard).toHaveLength(2));
  });

  it('says nothing of other files in the folder, nor after its end', async () => {
    await put(at('a/x.json'), '1');
    const heard = await watching([at('a/x.json')], 20);
    await put(at('a/other.json'), '1');
    await put(at('a/x.json'), '22');
    await vi.waitFor(() => expect(heard).toEqual([at('a/x.json')]));
    running.splice(0).forEach((one) => one.dispose());
    await put(at('a/x.json'), '333');
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toHaveLength(1);
  });
});

describe('watching clients', () => {
  async function watching(): Promise<string[][]> {
    const heard: string[][] = [];
    const place = { platform: 'linux' as const, home: home.folder, env: {} };
    const watch = new ClientWatch(
      () => allTargets(place),
      (clients) => heard.push(clients),
      { attended: 30, unattended: 30 },
      50,
    );
    running.push(watch);
    await watch.start();
    watch.setAttended(true);
    return heard;
  }

  it('tells of a client whose servers changed, and not of one that wrote something else', async () => {
    await put(at('.claude.json'), { mcpServers: {}, numStartups: 1 });
    await put(at('.cursor/mcp.json'), { mcpServers: {} });
    const heard = await watching();
    await put(at('.claude.json'), { mcpServers: {}, numStartups: 2 });
    await put(at('.cursor/mcp.json'), { mcpServers: { a: { command: 'x' } } });
    await vi.waitFor(() => expect(heard).toEqual([['cursor']]));
  });

  it('tells of a file that is made, broken, mended and taken away', async () => {
    const heard = await watching();
    const next = async (change: () => Promise<unknown>): Promise<void> => {
      const before = heard.length;
      await change();
      await vi.waitFor(() => expect(heard.slice(before).flat()).toContain('cursor'));
    };
    await next(() => home.interchange.exportApply('cursor', [foo]));
    await next(() => put(at('.cursor/mcp.json'), '{ "mcp'));
    await next(() => put(at('.cursor/mcp.json'), '{}'));
    await next(() => rm(at('.cursor'), { recursive: true }));
  });

  it('tells of a file that a project gets', async () => {
    await put(at('.claude.json'), { projects: { [at('work')]: {} } });
    const heard = await watching();
    await put(at('work/.mcp.json'), { mcpServers: { a: { command: 'x' } } });
    await vi.waitFor(() =>
      expect(heard.flat()).toContainEqual(expect.stringMatching(/^claude-code-project@/)),
    );
  });

  it('tells of a place that came to be: a folder’s servers in a file with others', async () => {
    await put(at('.claude.json'), { projects: {} });
    const heard = await watching();
    await put(at('.claude.json'), { projects: { '/work/a': { mcpServers: { a: { command: 'x' } } } } });
    await vi.waitFor(() => expect(heard.flat()).toContainEqual(expect.stringMatching(/^claude-code@/)));
  });
});
