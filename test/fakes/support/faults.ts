import type { Answer, RecordedRequest } from './fake-server.js';

/** What can go wrong between a client and a server that is otherwise well. */
export type Fault =
  /** Answers late. */
  | { kind: 'latency'; ms: number }
  /** Does and answers what it would have at once, but the answer is that long on its way. */
  | { kind: 'late'; until: Promise<unknown> }
  /** Never answers; the connection stays open until the client gives up. `commits`: what was asked is done anyway. */
  | { kind: 'hang'; commits?: boolean }
  /** The connection is cut before anything is done. */
  | { kind: 'drop' }
  /** Everything is done, then the connection is cut instead of an answer. */
  | { kind: 'drop-after-commit' }
  /** An error of the gateway in front: nothing is done. `commits`: what was asked is done anyway. */
  | {
      kind: 'status';
      status: number;
      headers?: Record<string, string>;
      body?: unknown;
      commits?: boolean;
    }
  /** The usual answer, but nothing is stored; `fields`: only these are not stored. */
  | { kind: 'lie'; fields?: string[] }
  /** The usual answer with its end cut off. */
  | { kind: 'truncate' }
  /** A login page with status 200. */
  | { kind: 'html' }
  /** A body of so many bytes that is no JSON. */
  | { kind: 'huge'; bytes: number }
  | { kind: 'redirect'; to: string; status?: number };

type Matcher = { method?: string; path?: RegExp };
type Armed = { fault: Fault; left: number; match: Matcher };

/** Faults wait in line; each request takes the first that fits it. */
export class Faults {
  #armed: Armed[] = [];
  /** Puts another answer in the place of the right one, after all was carried out. */
  spoil: ((request: RecordedRequest, answer: Answer) => Answer) | undefined;

  spoilt(request: RecordedRequest, answer: Answer): Answer {
    return this.spoil?.(request, answer) ?? answer;
  }

  /** @param times how many requests it hits; `Infinity` until cleared */
  add(fault: Fault, { times = 1, ...match }: { times?: number } & Matcher = {}): void {
    this.#armed.push({ fault, left: times, match });
  }

  clear(): void {
    this.#armed = [];
  }

  take({ method, path }: Pick<RecordedRequest, 'method' | 'path'>): Fault | undefined {
    const armed = this.#armed.find(
      ({ match }) => (match.method ?? method) === method && (match.path ?? /^/).test(path),
    );
    if (!armed) return undefined;
    armed.left -= 1;
    if (armed.left <= 0) this.#armed = this.#armed.filter((one) => one !== armed);
    return armed.fault;
  }
}
