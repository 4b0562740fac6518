import type { SecretId } from '../contract/index.js';
import { secretIdsOf } from '../contract/secret-walk.js';
import type { Backups } from './backups.js';
import { isExposedIn, type Exposed } from './exposed.js';
import { WORD_OF, type History } from './history.js';
import type { State } from './state.js';
import type { StrikeList } from './strike-list.js';
import { strikesOf, valueAt, type Strike, type Trace } from './strikes.js';
import type { Touched } from './transaction.js';

const KINDS = ['servers', 'remotes'] as const;

/** What is to be taken out of the files for one edit, or because values have become known. */
export type Striking = {
  strikes: readonly Strike[];
  exposed: readonly Exposed[];
  /** Secrets that may have stood in the open before; nobody has looked. */
  anew: readonly Trace[];
  /** Of secrets with a trace: what each is, or that nobody has it any more. */
  values: ReadonlyMap<SecretId, string | null>;
};

export const NOTHING_TO_STRIKE: Striking = { strikes: [], exposed: [], anew: [], values: new Map() };

/**
 * Takes plain values that are secrets now out of the history, the backups and whatever else may hold them. What the
 * disk will not let happen, and what nobody can name yet, is kept in mind, across restarts too.
 */
export class Striker {
  /** Texts that the disk would not let be taken out yet. */
  #exposed: readonly Exposed[] = [];
  #elsewhere: (exposed: readonly Exposed[]) => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly list: StrikeList,
    private readonly history: History,
    private readonly backups: Backups,
  ) {}

  /** Secrets whose values may still stand somewhere. */
  get traces(): readonly SecretId[] {
    return this.list.traces.map(({ secret }) => secret);
  }

  /** @param strike takes texts out of further files; what it throws is tried again */
  also(strike: (exposed: readonly Exposed[]) => Promise<void>): void {
    this.#elsewhere = strike;
  }

  /** What an edit calls for. @param exposed, looked as `Catalog.edit` says */
  of(
    before: State,
    after: State,
    touched: Touched,
    exposed: readonly Exposed[],
    looked: readonly SecretId[],
  ): Striking {
    const all = KINDS.flatMap((kind) => [...touched[kind]].map((id) => ({ kind, id })));
    return {
      ...NOTHING_TO_STRIKE,
      strikes: all.flatMap(({ kind, id }) => strikesOf(kind, id, before[kind].get(id), after[kind].get(id))),
      // One that still stands there in the open is no secret yet.
      exposed: exposed.filter((one) => !standsIn(after, one)),
      anew: all.flatMap(({ kind, id }): Trace[] => {
        const old = before[kind].get(id);
        if (!old && !this.history.last(WORD_OF[kind], id)) return [];
        const known = new Set([...secretIdsOf(old), ...looked]);
        const now = [...secretIdsOf(after[kind].get(id))];
        return now.filter((secret) => !known.has(secret)).map((secret) => ({ kind, id, secret }));
      }),
    };
  }

  /** Before the edits are on disk: a crash in between leaves no plain value behind for good. @throws the system's error */
  async announce(work: readonly Striking[]): Promise<void> {
    const traceOf = ({ kind, id, secret }: Exposed): Trace => ({ kind, id, secret });
    await this.list.add(
      work.flatMap(({ strikes, exposed, anew }) => [...strikes, ...exposed.map(traceOf), ...anew]),
    );
  }

  /** After the edits are on disk. Does not fail. @param state with all edits */
  async carryOut(state: State, work: readonly Striking[] = []): Promise<void> {
    const values = new Map(work.flatMap((one) => [...one.values]));
    this.#exposed = [...this.#exposed, ...work.flatMap((one) => one.exposed)];
    const found = this.list.traces
      .filter(({ secret }) => !this.#exposed.some((one) => one.secret === secret))
      .map((trace) => ({ ...trace, value: values.get(trace.secret) }));
    this.#exposed = [
      ...this.#exposed,
      ...found.filter((one): one is Exposed => typeof one.value === 'string'),
    ];
    const gone = found.filter(({ value }) => value === null);
    if (this.list.isEmpty && this.#exposed.length === 0) return;
    const fields = this.list.strikes.filter(
      ({ kind, id, path }) => typeof valueAt(state[kind].get(id), path) !== 'string',
    );
    // One that stands there in the open was taken back, or the edit that made it a secret never came to be.
    const exposed = this.#exposed.filter((one) => !standsIn(state, one));
    const settled = [...this.#exposed, ...gone].map(({ secret }) => secret);
    try {
      if (fields.length > 0 || exposed.length > 0) {
        await this.history.strike({ fields, exposed });
        await this.backups.strike({ fields, exposed });
      }
      if (exposed.length > 0) await this.#elsewhere(exposed);
      this.#exposed = [];
      await this.list.keep(this.list.traces.filter(({ secret }) => !settled.includes(secret)));
    } catch {
      // The list stays on disk, and the texts in memory.
    }
  }
}

const standsIn = (state: State, { kind, id, value }: Exposed): boolean =>
  isExposedIn(state[kind].get(id), value);
