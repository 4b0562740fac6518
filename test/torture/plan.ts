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
  /** The disk is full for some writes, to any file or to the history alone; the host ends by time. */
  | ({ kind: 'full'; ms: number } & Full)
  /** The keychain is locked for some calls, and perhaps the disk is full too; the host ends by time. */
  | { kind: 'locked'; at: number; for: number; full?: Full; ms: number }
  /** The keychain takes its time with each call; the host ends by time. */
  | { kind: 'slow'; ms: number }
  | { kind: 'none' };

export type Full = { file: 'any' | 'history'; at: number; for: number };

export type Plan = {
  dataDir: string;
  helper: string;
  seed: number;
  fault: Fault;
  /** The entities that are there when the round begins. */
  known: Model;
};

/** What is done to the data folder while nobody has it open. */
export type Prepared = 'nothing more' | 'a large history' | 'an earlier schema';

export type Kind = 'server' | 'remote' | 'link' | 'settings';

/**
 * What a server or remote is made of, as far as the test looks: a stamp of its last edit, and its secrets' values. Of
 * the one link its references are the stamp, of the settings one number.
 */
export type Entity = {
  kind: Kind;
  stamp: string;
  /** `GONE` where it was brought back and its secret was not there any more. */
  secrets: Record<string, string>;
  /**
   * A token that stands in plain text, as variable P or, where it ends like that, in an argument, until it is moved to
   * the keychain as secret P. Servers only.
   */
  plain?: string;
};
export const isArgument = ({ plain }: Entity): boolean => plain?.endsWith('-ARG') === true;
export const GONE = 'gone';
/** By name; names are never used twice. */
export type Model = Record<string, Entity>;

/** Never removed: the one link joins them. */
export const PINNED = { server: 'pinned server', remote: 'pinned remote' } as const;
/** The one link, by its name in the model. */
export const CORD = 'cord';
export const SETTINGS = 'settings';

/** The secret that imported servers and bundles come with. */
export const BROUGHT_FIELD = 'API_TOKEN';
/** The one file that every bundle holds: whether it is there whole is seen afterwards. */
export const BUNDLED = { name: 'server/index.js', text: `// ${'a program '.repeat(2_000)}\n` } as const;

/**
 * `undo` takes back what came before, `move` brings a plain token into the keychain, `cord` patches, refers and unpatches;
 * `restore` goes back to a backup, `race` is two windows that edit the same revision at once.
 */
export type Deed = 'edit' | 'undo' | 'move' | 'cord' | 'settings' | 'import' | 'bundle';
export type How = Deed | 'restore' | 'race';

/** What the worker says, one JSON a line, before and after each edit. */
export type Report =
  | { say: 'open' }
  | { say: 'begin'; name: string; next: Entity | null; rival?: Entity }
  /** `won`: of a race, whether the rival did. */
  | { say: 'done'; name: string; how: How; won?: boolean }
  | { say: 'refused'; name: string }
  | { say: 'bug'; message: string };

export function planFault(random: Random): Fault {
  const ms = 20 + random.below(800);
  switch (random.below(11)) {
    case 0:
    case 1:
    case 2:
      return { kind: 'file', at: 1 + random.below(300), when: random.pick(['before', 'after', 'torn']) };
    case 3:
    case 4:
      return { kind: 'keychain', at: 1 + random.below(70), when: random.pick(['before', 'after']) };
    case 5:
      return { kind: 'helper', at: 1 + random.below(20), ms };
    case 6:
    case 7:
      return { kind: 'full', ...planFull(random), ms: ms * 2 };
    case 8:
      return {
        kind: 'locked',
        ...{ at: 1 + random.below(60), for: 1 + random.below(40), ms: ms * 3 },
        ...(random.chance(0.5) && { full: planFull(random) }),
      };
    case 9:
      return { kind: 'slow', ms: ms * 2 };
    default:
      return random.chance(0.2) ? { kind: 'none' } : { kind: 'time', ms };
  }
}

export function planPreparation(random: Random): Prepared {
  if (random.chance(0.06)) return 'a large history';
  return random.chance(0.08) ? 'an earlier schema' : 'nothing more';
}

function planFull(random: Random): Full {
  const length = { for: 1 + random.below(12) };
  // Not at once: the first write is the folder's lock, without which nothing starts.
  return random.chance(0.5)
    ? { file: 'any', at: 3 + random.below(25), ...length }
    : { file: 'history', at: 1 + random.below(6), ...length };
}
