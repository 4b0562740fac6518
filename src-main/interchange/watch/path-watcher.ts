import { watch, type FSWatcher } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Events of one folder within this time are one look at it. Also lets a program finish what it has begun to write. */
const SETTLE_MS = 120;
/** The system hands out a limited number of watches to all programs together; beyond these the poll alone looks. */
const MOST_FOLDERS = 64;

type Folder = { watcher: FSWatcher; inode: number; names: Set<string> };

/**
 * Tells when files change that other programs own: written in place, replaced by a rename, made for the first time in
 * a folder that was not there, behind a link, or gone. The system's events make it quick; a poll makes it certain,
 * since events get lost on network disks, with replaced folders, and when the system has no watches left.
 */
export class PathWatcher {
  /** Path → what the file looked like at the last look. */
  #marks = new Map<string, string>();
  readonly #folders = new Map<string, Folder>();
  #poll: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #disposed = false;

  /** @param pollMs asked before each wait, so that it may differ with the time */
  constructor(
    private readonly changed: (paths: string[]) => void,
    private readonly pollMs: () => number,
  ) {}

  /** Watches these paths and no others. What is known of those that stay is kept; new ones are not told of at once. */
  async watch(paths: readonly string[]): Promise<void> {
    await this.#looking;
    const next = new Map<string, string>();
    for (const path of new Set(paths)) next.set(path, this.#marks.get(path) ?? (await markOf(path)));
    if (this.#disposed) return;
    this.#marks = next;
    await this.#arm();
    this.#wait();
  }

  /** Looks now, not at the next event or poll. */
  look(): Promise<void> {
    this.#again = this.#looking !== undefined;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#again && !this.#disposed) void this.look();
    });
    return this.#looking;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#poll);
    clearTimeout(this.#soon);
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  async #look(): Promise<void> {
    const marks = this.#marks;
    const now = await Promise.all([...marks.keys()].map(async (path) => [path, await markOf(path)] as const));
    // Another set of paths may have been asked for meanwhile.
    if (this.#disposed || marks !== this.#marks) return;
    const changed = now.filter(([path, mark]) => marks.get(path) !== mark);
    for (const [path, mark] of changed) marks.set(path, mark);
    if (changed.length > 0) this.changed(changed.map(([path]) => path));
  }

  #wait(): void {
    clearTimeout(this.#poll);
    if (this.#disposed) return;
    this.#poll = setTimeout(() => {
      void Promise.all([this.#arm(), this.look()]).then(() => this.#wait());
    }, this.pollMs());
    // A poll alone keeps no program alive.
    this.#poll.unref();
  }

  /** Not put off by what comes after it, so that a file that is written without end is looked at all the same. */
  #lookSoon(): void {
    if (this.#disposed) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.look();
    }, SETTLE_MS);
    this.#soon.unref();
  }

  /** Asks the system for events of the folders that are there now, one watch for each. */
  async #arm(): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    for (const path of this.#marks.keys()) {
      const real = await realpath(path).catch(() => path);
      for (const place of new Set([path, real])) {
        const names = wanted.get(dirname(place)) ?? new Set();
        wanted.set(dirname(place), names.add(basename(place)));
      }
    }
    for (const [folder, { watcher }] of this.#folders)
      if (!wanted.has(folder)) {
        watcher.close();
        this.#folders.delete(folder);
      }
    for (const [folder, names] of wanted) await this.#armFolder(folder, names);
  }

  async #armFolder(folder: string, names: Set<string>): Promise<void> {
    const inode = await stat(folder).then(
      ({ ino }) => ino,
      () => undefined,
    );
    const known = this.#folders.get(folder);
    // A folder that was replaced by another of its name goes on being watched in vain.
    if (known && known.inode === inode) {
      known.names = names;
      return;
    }
    known?.watcher.close();
    this.#folders.delete(folder);
    if (inode === undefined || this.#disposed || this.#folders.size >= MOST_FOLDERS) return;
    try {
      const watcher = watch(folder, { persistent: false });
      watcher.on('change', (_event, name) => {
        const own = this.#folders.get(folder)?.names;
        if (name === null || own?.has(String(name))) this.#lookSoon();
      });
      watcher.on('error', () => this.#folders.get(folder)?.watcher.close());
      this.#folders.set(folder, { watcher, inode, names });
    } catch {
      // No watch to be had: the poll looks.
    }
  }
}

/** Changes whenever the file behind a path does, or another file takes its place. */
async function markOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'missing';
  }
}
