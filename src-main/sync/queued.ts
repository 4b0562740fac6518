import type { Consent, LinkState, Problem, StoredLink } from '../contract/index.js';
import { withState } from './link-book.js';
import type { SignIn } from './remote-adapter.js';

const FIRST_WAIT_MS = 1_000;
/** A remote that is back is served within 30 s (INTERFACE §4); an attempt itself may take 8 s to find it away. */
const LONGEST_WAIT_MS = 15_000;

/** Doubles from a second on, a fifth more or less so that many waiting apps do not come back all at once. */
export function backOff(attempts: number, random = Math.random()): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1), LONGEST_WAIT_MS);
  return Math.round(wait * (0.8 + 0.4 * random));
}

/** What the link was before it waited. */
const wasOf = ({ state, outbox }: StoredLink): { was?: LinkState } => {
  const was = state === 'queued' ? outbox?.was : state;
  return was === undefined ? {} : { was };
};

/** The bookkeeping of a wish that begins now, or goes on. */
export function wishOf(link: StoredLink): NonNullable<StoredLink['outbox']> {
  const now = new Date().toISOString();
  return { since: now, attempts: 0, nextAt: now, ...link.outbox, ...wasOf(link) };
}

type Wish = { resolve?: 'local' | 'remote' | undefined; consent: readonly Consent[] };

/** The link with its wish kept for later. A newer wish takes the place of an older one. */
export function queued(
  link: StoredLink,
  { resolve, consent }: Wish,
  problem: Problem,
  retryAfterMs: number | undefined,
): StoredLink {
  const { outbox } = link;
  const attempts = (outbox?.attempts ?? 0) + 1;
  const wait = Math.max(retryAfterMs ?? 0, backOff(attempts));
  return withState(
    {
      ...link,
      outbox: {
        since: outbox?.since ?? new Date().toISOString(),
        attempts,
        nextAt: new Date(Date.now() + wait).toISOString(),
        ...wasOf(link),
        ...(resolve && { resolve }),
        ...(consent.length > 0 && { consent: [...consent] }),
        ...(outbox?.creating && { creating: outbox.creating }),
        ...(outbox?.restore && { restore: outbox.restore }),
        ...(outbox?.signIn && { signIn: outbox.signIn }),
      },
    },
    'queued',
    problem,
  );
}

/**
 * The wish is over. What is known of an unfinished create stays: the entry may stand there without anybody knowing, and
 * must be found again rather than made twice.
 */
export function withoutWish(link: StoredLink): StoredLink {
  const { outbox, signInUrl: _over, ...rest } = link;
  if (!outbox) return link;
  const { since, attempts, nextAt, creating, restore } = outbox;
  if (!creating && !restore) return rest;
  return {
    ...rest,
    outbox: { since, attempts, nextAt, ...(creating && { creating }), ...(restore && { restore }) },
  };
}

/**
 * What is known of a link whose wish was taken back, without asking its remote. Half of a create or of a replacement
 * may have been carried out: then only a look tells.
 */
export function stateBefore({ outbox }: StoredLink): LinkState {
  const { was = 'unknown', creating, restore } = outbox ?? {};
  return creating || restore || was === 'failed' ? 'unknown' : was;
}

const ASK_AGAIN_MS = 3_000;

/** The remote makes the entry once somebody has signed in; until then it is asked every three seconds. */
export function waitingForSignIn(link: StoredLink, { url, ...signIn }: SignIn): StoredLink {
  const nextAt = new Date(Date.now() + ASK_AGAIN_MS).toISOString();
  return withState({ ...link, signInUrl: url, outbox: { ...wishOf(link), nextAt, signIn } }, 'queued', {
    code: 'remote_unauthorized',
    message: 'The gateway waits for somebody to sign in to this server.',
    hint: `Open ${url} in a browser and sign in.`,
  });
}
