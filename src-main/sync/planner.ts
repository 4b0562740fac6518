import type { LinkState, Step, StoredLink } from '../contract/index.js';
import { assess, type Assessment } from './assess.js';
import { baseOf, makeBase } from './base.js';
import type { Hasher } from './cells.js';
import { withState } from './link-book.js';
import { problemOf } from './problem.js';
import type { Round } from './round.js';

/** The link as this assessment leaves it; the same object where nothing is new. */
export function linkAfter(
  link: StoredLink,
  { relation, untouched, changes, entry, projection, base, name }: Assessment,
  server: Parameters<typeof makeBase>[0]['server'],
  hasher: Hasher,
): StoredLink {
  if (untouched && !link.outbox && link.state === 'in_sync') return withState(link, 'in_sync');
  if (relation === 'in_sync' && entry) {
    const next = makeBase(
      { local: projection.cells, remote: entry.cells, before: base, differing: changes, server },
      hasher,
    );
    const isNew = JSON.stringify(next) !== JSON.stringify(baseOf(link));
    const { outbox, signInUrl: _over, ...rest } = link;
    if (!isNew && !outbox) return withState(link, 'in_sync');
    return withState(
      {
        ...rest,
        remoteEntryId: entry.id,
        remoteName: entry.name,
        ...(isNew && { base: next }),
        lastSyncedAt: new Date().toISOString(),
      },
      'in_sync',
    );
  }
  // A wish that waits, and a failure nobody has answered yet, say more than the bare relation.
  if (link.state === 'queued') return link;
  const state = stateOf(link, relation);
  if (link.state === 'failed' && (state === 'local_ahead' || state === 'missing')) return link;
  const named = link.base || link.remoteName === name ? link : { ...link, remoteName: name };
  return withState(named, state);
}

function stateOf({ base }: StoredLink, relation: Assessment['relation']): LinkState {
  if (relation === 'absent') return base ? 'missing' : 'local_ahead';
  return relation;
}

export type Planned = { step: Step; change?: { seen: StoredLink; next: StoredLink } };

/** What syncing one link would do. Never throws: what cannot be told is a blocked step that says why. */
export async function planOne(
  round: Round,
  linkId: string,
  redact: (text: string) => string,
): Promise<Planned> {
  try {
    const subject = round.subject(linkId);
    const found = await assess(subject, round.inventory, round.tools(linkId));
    const next = linkAfter(subject.link, found, subject.server, round.hasher);
    return { step: found.step, change: { seen: subject.link, next } };
  } catch (error) {
    return { step: blockedStep(linkId, error, redact) };
  }
}

export function blockedStep(linkId: string, error: unknown, redact: (text: string) => string): Step {
  const { message, hint } = problemOf(error, redact);
  return { linkId, action: 'blocked', changes: [], losses: [], warnings: [`${message} ${hint}`] };
}
