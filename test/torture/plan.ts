import type { Random } from './random.js';

/** Where a round ends. Counts are of calls that change something, from the start of the process on. */
export type Fault =
  | { kind: 'time'; ms: number }
  /** In a file operation: before it, after it, or in the middle of writing bytes. */
  | { kind: 'file'; at: number; when: 'before' | 'after' | 'torn' }
  /** In a keychain call: before it is sent, or when its answer has come and nobody has seen it. */
  | { kind: 'keychain'; at: number; when: 'before' | 'after' }
  /** The helper process alone dies in the middle of a call; the host ends by time. */
  | { kind: 'helper'; at: number; ms: number }
  /** File operations fail for a while, as on a full disk; the host ends by time. */
  | { kind: 'full'; at: number; for: number; ms: number }
  | { kind: 'none' };

export type Plan = {
  dataDir: string;
  helper: string;
  seed: number;
  fault: Fault;
  /** The entities that are there when the round begins. */
  known: Model;
};

export type Kind = 'server' | 'remote';

/** What a server or remote is made of, as far as the test looks: a stamp of its last edit, and its secrets' values. */
export type Entity = {
  kind: Kind;
  stamp: string;
  /** `GONE` where it was brought back and its secret was not there any more. */
  secrets: Record<string, string>;
  /** A token that stands in plain text, until it is moved to the keychain as secret P. Servers only. */
  plain?: string;
};
export const GONE = 'gone';
/** By name; names are never used twice. */
export type Model = Record<string, Entity>;

/** `undo` takes back what came before, `move` brings a plain token into the keychain, `restore` goes back to a backup. */
export type How = 'edit' | 'undo' | 'move' | 'restore';

/** What the worker says, one JSON a line, before and after each edit. */
export type Report =
  | { say: 'open' }
  | { say: 'begin'; name: string; next: Entity | null }
  | { say: 'done'; name: string; how: How }
  | { say: 'refused'; name: string; code: string }
  | { say: 'bug'; message: string };

export function planFault(random: Random): Fault {
  const ms = 20 + random.below(400);
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return { kind: 'file', at: 1 + random.below(120), when: random.pick(['before', 'after', 'torn']) };
    case 3:
    case 4:
      return { kind: 'keychain', at: 1 + random.below(40), when: random.pick(['before', 'after']) };
    case 5:
      return { kind: 'helper', at: 1 + random.below(20), ms };
    case 6:
      return { kind: 'full', at: 10 + random.below(80), for: 1 + random.below(12), ms };
    default:
      return random.chance(0.2) ? { kind: 'none' } : { kind: 'time', ms };
  }
}
