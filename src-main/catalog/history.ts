import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { LineLog } from '../platform/line-log.js';
import { textWithoutExposed, withoutExposed, type Exposed } from './exposed.js';
import { struck, type Strikes } from './strikes.js';

export type HistoryKind = 'server' | 'remote' | 'link';
/** One line: a record as it was put, or that it was removed. */
export type HistoryEntry = {
  kind: HistoryKind;
  id: string;
  revision: number;
  at: string;
  record: object | undefined;
};
export type Revision = { revision: number; at: string; record: unknown };

type Place = { revision: number; at: string; start: number; length: number; removed: boolean };

// The head of a line in the order `lineOf` writes it; ids hold no character that JSON would escape.
const HEAD =
  /^\{"kind":"(server|remote|link)","id":"([A-Za-z0-9_-]{1,64})","revision":(\d{1,15}),"at":"([^"]{1,40})",("record"|"removed")/;
const HEAD_BYTES = 220;
const NEWLINE = 10;

/** Larger than this, old lines are dropped when the app starts. */
const COMPACT_ABOVE_BYTES = 16 * 1024 * 1024;
const KEPT_REVISIONS = 50;
const KEPT_REMOVED_MS = 90 * 86_400_000;

export const WORD_OF = { servers: 'server', remotes: 'remote' } as const;

export function lineOf({ kind, id, revision, at, record }: HistoryEntry): string {
  const head = `{"kind":"${kind}","id":"${id}","revision":${revision},"at":"${at}"`;
  return record ? `${head},"record":${JSON.stringify(record)}}` : `${head},"removed":true}`;
}

/**
 * `history.jsonl`: every revision of every record, secrets as references only. Only the heads of lines are read when
 * the app starts; the records stay on disk until somebody asks for them.
 */
export class History {
  readonly path: string;
  #log: LineLog;
  #places = new Map<string, Place[]>();
  /** Lines the disk would not take yet. */
  #late: HistoryEntry[] = [];
  #foreignLines = 0;
  /** How often the file was written anew: places of an earlier one are no good. */
  #generation = 0;

  private constructor(log: LineLog) {
    this.#log = log;
    this.path = log.path;
  }

  /** @throws the system's error where the file is there and cannot be read */
  static async open(dataDir: string): Promise<History> {
    const { log, bytes } = await LineLog.open(join(dataDir, 'history.jsonl'));
    const history = new History(log);
    history.#index(bytes);
    return history;
  }

  /** Lines in the file that are none of ours, a torn last one aside. */
  get foreignLines(): number {
    return this.#foreignLines;
  }

  /** The last revision known of a record, also of one that was removed. */
  last(kind: HistoryKind, id: string): { revision: number; removed: boolean } | undefined {
    return this.#places.get(`${kind} ${id}`)?.at(-1);
  }

  /** Ids of a kind whose last line does not say that they were removed. */
  living(kind: HistoryKind): string[] {
    return [...this.#places]
      .filter(([key, places]) => key.startsWith(`${kind} `) && !places.at(-1)?.removed)
      .map(([key]) => key.slice(kind.length + 1));
  }

  /** Ids of a kind that were removed and not put again, the last one first. */
  removed(kind: HistoryKind): { id: string; at: string }[] {
    return [...this.#places]
      .flatMap(([key, places]) => {
        const last = places.at(-1);
        return last?.removed && key.startsWith(`${kind} `)
          ? [{ id: key.slice(kind.length + 1), at: last.at }]
          : [];
      })
      .sort((a, b) => (a.at < b.at ? 1 : -1));
  }

  /**
   * Answers when the lines are on disk. Where the disk refuses them they are kept and go out with the next ones: the
   * edits they tell of are saved already.
   */
  async append(entries: readonly HistoryEntry[]): Promise<void> {
    const all = [...this.#late, ...entries];
    if (all.length === 0) return;
    const lines = all.map(lineOf);
    try {
      const starts = await this.#log.append(lines);
      this.#late = [];
      all.forEach((entry, index) =>
        this.#place(entry, starts[index] as number, Buffer.byteLength(lines[index] as string)),
      );
    } catch {
      this.#late = all;
    }
  }

  /** The revisions of one record, newest first. A line that was damaged on disk is passed over. */
  async revisions(kind: HistoryKind, id: string): Promise<Revision[]> {
    const places = (this.#places.get(`${kind} ${id}`) ?? []).filter(({ removed }) => !removed);
    const late = this.#late
      .filter((entry) => entry.kind === kind && entry.id === id && entry.record)
      .map(({ revision, at, record }): Revision => ({ revision, at, record }));
    if (places.length === 0) return late.reverse();
    const generation = this.#generation;
    const file = await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      // Somebody has removed it.
      if (error.code !== 'ENOENT') throw error;
    });
    if (!file) return late.reverse();
    try {
      const found: Revision[] = [];
      for (const place of places) {
        const { buffer } = await file.read(Buffer.alloc(place.length), 0, place.length, place.start);
        const record = recordIn(buffer, { kind, id, revision: place.revision });
        if (record) found.push({ revision: place.revision, at: place.at, record });
      }
      if (generation !== this.#generation) return await this.revisions(kind, id);
      return [...found, ...late].reverse();
    } finally {
      await file.close();
    }
  }

  get isLarge(): boolean {
    return this.#log.size > COMPACT_ABOVE_BYTES;
  }

  /** Drops all but the last revisions of each record, and what was removed long ago. */
  async compact(now = Date.now()): Promise<void> {
    const { bytes } = await LineLog.open(this.path);
    const kept = [...this.#places.values()].flatMap((places) => {
      const last = places.at(-1) as Place;
      if (last.removed && now - Date.parse(last.at) > KEPT_REMOVED_MS) return [];
      return places.slice(-KEPT_REVISIONS);
    });
    kept.sort((a, b) => a.start - b.start);
    const lines = kept.map(({ start, length }) => bytes.toString('utf8', start, start + length));
    await this.#replace(lines);
  }

  /**
   * Puts references in the place of plain values that became secrets. Only lines of the records that strikes name are
   * looked at. @throws the system's error; the file is then as it was
   */
  async strike(strikes: Strikes): Promise<void> {
    const keyOf = ({ kind, id }: { kind: keyof typeof WORD_OF; id: string }): string =>
      `${WORD_OF[kind]} ${id}`;
    const keys = new Set([...strikes.fields, ...strikes.exposed].map(keyOf));
    const of = (key: string): Strikes => ({
      fields: strikes.fields.filter((one) => keyOf(one) === key),
      exposed: strikes.exposed.filter((one) => keyOf(one) === key),
    });
    this.#late = this.#late.map((entry) => {
      const those = of(`${entry.kind} ${entry.id}`);
      return { ...entry, record: withoutExposed(struck(entry.record, those.fields), those.exposed) };
    });
    const touched = new Map<number, Strikes>();
    for (const key of keys)
      for (const { start, removed } of this.#places.get(key) ?? []) if (!removed) touched.set(start, of(key));
    if (touched.size === 0 && (this.#foreignLines === 0 || strikes.exposed.length === 0)) return;
    const { bytes } = await LineLog.open(this.path);
    let changed = false;
    const lines = linesOf(bytes).map(({ start, end }) => {
      const text = bytes.toString('utf8', start, end);
      const next = struckLine(text, touched.get(start) ?? NOTHING, strikes.exposed);
      changed ||= next !== text;
      return next;
    });
    if (changed) await this.#replace(lines);
  }

  async close(): Promise<void> {
    await this.append([]);
    await this.#log.close();
  }

  async #replace(lines: readonly string[]): Promise<void> {
    await this.#log.rewrite(lines);
    this.#generation += 1;
    this.#places.clear();
    this.#index(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  #index(bytes: Buffer): void {
    this.#foreignLines = 0;
    for (const { start, end } of linesOf(bytes)) this.#indexLine(bytes, start, end);
  }

  #indexLine(bytes: Buffer, start: number, end: number): void {
    const head = HEAD.exec(bytes.toString('latin1', start, Math.min(end, start + HEAD_BYTES)));
    // A line that a crash tore in the middle of the file has no end of its own.
    if (!head || bytes[end - 1] !== 0x7d) {
      this.#foreignLines += 1;
      return;
    }
    const [, kind, id, revision, at, what] = head as unknown as [
      string,
      HistoryKind,
      string,
      string,
      string,
      string,
    ];
    const record = what === '"record"' ? {} : undefined;
    this.#place({ kind, id, revision: Number(revision), at, record }, start, end - start);
  }

  #place({ kind, id, revision, at, record }: HistoryEntry, start: number, length: number): void {
    const key = `${kind} ${id}`;
    const place: Place = { revision, at, start, length, removed: record === undefined };
    const places = this.#places.get(key);
    if (places) places.push(place);
    else this.#places.set(key, [place]);
  }
}

/** Where the lines are that have an end and hold something. */
function linesOf(bytes: Buffer): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) break;
    if (end > start) lines.push({ start, end });
    start = end + 1;
  }
  return lines;
}

const NOTHING: Strikes = { fields: [], exposed: [] };

/**
 * The line with the record in it struck, or as it is where it needs nothing.
 * @param all of a line that is none of ours any more nobody can tell whose it was: all texts are taken out of it
 */
export function struckLine(line: string, { fields, exposed }: Strikes, all: readonly Exposed[]): string {
  if (line.length > 0 && all.length > 0 && jsonOf(line) === undefined) return textWithoutExposed(line, all);
  if (fields.length === 0 && exposed.length === 0) return line;
  const record = (jsonOf(line) as { record?: unknown } | undefined)?.record;
  const next = withoutExposed(struck(record, fields), exposed);
  if (next === record) return line;
  return `${line.slice(0, line.indexOf('"record":'))}"record":${JSON.stringify(next)}}`;
}

/** The record of that very line; nothing where something else stands in its place by now. */
function recordIn(
  bytes: Buffer,
  { kind, id, revision }: Pick<HistoryEntry, 'kind' | 'id' | 'revision'>,
): unknown {
  const line = jsonOf(bytes.toString('utf8')) as Partial<HistoryEntry> | undefined;
  const isMeant = line?.kind === kind && line.id === id && line.revision === revision;
  return isMeant ? line.record : undefined;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
