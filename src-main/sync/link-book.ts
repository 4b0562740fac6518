import { AppError, type LinkState, type Problem, type StoredLink } from '../contract/index.js';
import type { SyncPorts } from './ports.js';

/** Reads and writes of links. A link that was removed meanwhile stays removed. */
export class LinkBook {
  constructor(private readonly catalog: SyncPorts['catalog']) {}

  must(id: string): StoredLink {
    const link = this.catalog.link(id);
    if (link) return link;
    throw new AppError(
      'not_found',
      `There is no link with the id "${id}".`,
      'It may have been removed in another window.',
    );
  }

  /** @returns the link as it now is; `undefined` where it is gone */
  async change(id: string, change: (link: StoredLink) => StoredLink): Promise<StoredLink | undefined> {
    return this.catalog.edit((tx) => {
      const link = tx.link(id);
      if (!link) return undefined;
      const next = change(link);
      if (next !== link) tx.put('links', next);
      return next;
    });
  }

  /** Each as it is by then, in one write: nothing that happened meanwhile keeps a wish from being noted. */
  async changeEach(ids: readonly string[], change: (link: StoredLink) => StoredLink): Promise<void> {
    await this.catalog.edit((tx) => {
      for (const id of ids) {
        const link = tx.link(id);
        const next = link && change(link);
        if (next && next !== link) tx.put('links', next);
      }
    });
  }

  /**
   * All of them in one write. A link that somebody else changed since `seen` is left alone.
   * @returns the ids of those
   */
  async changeAll(changes: { seen: StoredLink; next: StoredLink }[]): Promise<string[]> {
    const real = changes.filter(({ seen, next }) => seen !== next);
    if (real.length === 0) return [];
    return this.catalog.edit((tx) => {
      const late = real.filter(({ seen }) => tx.link(seen.id) !== seen);
      for (const { seen, next } of real) if (tx.link(seen.id) === seen) tx.put('links', next);
      return late.map(({ seen }) => seen.id);
    });
  }
}

/** The same link in another state; the very same object where nothing differs, so that nothing is written. */
export function withState(link: StoredLink, state: LinkState, error?: Problem): StoredLink {
  const sameError = JSON.stringify(link.error) === JSON.stringify(error);
  if (link.state === state && sameError) return link;
  const { error: _old, ...rest } = link;
  return { ...rest, state, ...(error && { error }) };
}
