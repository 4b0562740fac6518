import { join } from 'node:path';
import { z } from 'zod';
import { secretIdSchema, type SecretId } from '../contract/index.js';
import { LineLog, wholeLines } from '../platform/line-log.js';
import { moveAside, setAside } from '../platform/set-aside.js';
import { journalFailed } from './refusals.js';

const lineSchema = z.union([
  z.strictObject({ begun: z.array(secretIdSchema) }),
  z.strictObject({ settled: z.array(secretIdSchema) }),
]);

const REWRITE_ABOVE_BYTES = 64 * 1024;

/**
 * Ids whose fate is open: about to be set, or about to lose their last reference. Written before either happens, so
 * that after a crash at any point the next start knows which secrets may be orphans. Holds ids, never values.
 */
export class Journal {
  #open = new Map<SecretId, number>();
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly log: LineLog,
    /** What an earlier run left open. */
    readonly left: ReadonlySet<SecretId>,
  ) {
    for (const id of left) this.#open.set(id, 1);
  }

  /**
   * Reads what an earlier run left open. A journal that cannot be read is set aside and a new one begun.
   * @throws the system's error where neither can be done
   */
  static async open(dataDir: string): Promise<Journal> {
    const path = join(dataDir, 'vault-journal.jsonl');
    const backups = join(dataDir, 'backups');
    const { log, bytes } = await LineLog.open(path).catch(async () => {
      await moveAside(path, backups, 'unreadable');
      return LineLog.open(path);
    });
    const { open, foreign } = readJournal(wholeLines(bytes));
    if (foreign > 0) await setAside(path, backups, 'partly-read');
    const journal = new Journal(log, open);
    // One line in place of an earlier run's, so that what is settled now is settled for good.
    if (bytes.length > 0) await journal.#rewrite().catch(() => undefined);
    return journal;
  }

  /**
   * Answers when it is on disk that these ids are open. An id may be open several times over, for edits at once.
   * @throws AppError `io`
   */
  async begin(ids: readonly SecretId[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#write({ begun: [...ids] }).catch((error: unknown) => {
      throw journalFailed('written', error);
    });
    for (const id of ids) this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
  }

  /** These are settled: kept by the catalog, or gone from the keychain. A crash before it is on disk costs a second look. */
  settle(ids: readonly SecretId[]): void {
    if (ids.length === 0) return;
    for (const id of ids) {
      const count = this.#open.get(id) ?? 0;
      if (count > 1) this.#open.set(id, count - 1);
      else this.#open.delete(id);
    }
    void this.#write({ settled: [...ids] }).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.log.close();
  }

  #write(line: z.input<typeof lineSchema>): Promise<void> {
    const written = this.#tail.then(async () => {
      if (this.log.size > REWRITE_ABOVE_BYTES) await this.#rewrite();
      await this.log.append([JSON.stringify(line)]);
    });
    this.#tail = written.catch(() => undefined);
    return written;
  }

  async #rewrite(): Promise<void> {
    const ids = [...this.#open].flatMap(([id, count]) => new Array<SecretId>(count).fill(id));
    await this.log.rewrite(ids.length === 0 ? [] : [JSON.stringify({ begun: ids })]);
  }
}

/** A line that a crash tore was not begun with, or is looked at once more; others that do not parse are counted. */
function readJournal(lines: readonly string[]): { open: Set<SecretId>; foreign: number } {
  const counts = new Map<SecretId, number>();
  let foreign = 0;
  // What was settled while the journal was written anew is settled in it already: never less than none.
  const count = (ids: readonly SecretId[], by: number): void =>
    ids.forEach((id) => counts.set(id, Math.max((counts.get(id) ?? 0) + by, 0)));
  for (const line of lines) {
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (!parsed.success) foreign += line.startsWith('{"begun":[') ? 0 : 1;
    else if ('begun' in parsed.data) count(parsed.data.begun, 1);
    else count(parsed.data.settled, -1);
  }
  return { open: new Set([...counts].filter(([, open]) => open > 0).map(([id]) => id)), foreign };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
