import type { Link, StoredLink } from '../contract/index.js';

/** A link as windows see it: `base` is the host's own book-keeping, and of the outbox they need only how it waits. */
export function publicLink({ base: _base, outbox, ...link }: StoredLink): Link {
  if (!outbox || link.state !== 'queued') return link;
  const { since, attempts, nextAt } = outbox;
  return { ...link, waiting: { since, attempts, nextAt } };
}
