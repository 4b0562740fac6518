import { join } from 'node:path';
import { z } from 'zod';
import type { CallDay } from '../contract/index.js';
import { replaceFile } from '../platform/durable-file.js';
import { readOrSetAside } from '../platform/set-aside.js';

const KEPT_DAYS = 30;
const WRITE_AFTER_MS = 5_000;
const count = z.number().int().min(1);
const fileSchema = z.record(z.string(), z.record(z.iso.date(), z.record(z.string(), count)));
type Counts = Map<string, Map<string, Map<string, number>>>;

/**
 * How often each tool was called from here, by day. It is no record that anybody relies on: it is written now and then,
 * a file that cannot be read is set aside and counts as none, and the disk is not waited for.
 */
export class CallCounts {
  #counts: Counts = new Map();
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void>;

  constructor(
    dataDir: string,
    private readonly today: () => string = localDay,
    private readonly path = join(dataDir, 'calls.json'),
    private readonly backups = join(dataDir, 'backups'),
  ) {
    this.#reading = this.#read();
  }

  async add(serverId: string, tool: string): Promise<void> {
    await this.#reading;
    const days = entry(this.#counts, serverId, () => new Map<string, Map<string, number>>());
    const tools = entry(days, this.today(), () => new Map<string, number>());
    tools.set(tool, (tools.get(tool) ?? 0) + 1);
    this.#timer ??= setTimeout(() => void this.#write(), WRITE_AFTER_MS);
    this.#timer.unref();
  }

  /** Days with calls, the latest first. */
  async of(serverId: string): Promise<CallDay[]> {
    await this.#reading;
    return [...(this.#counts.get(serverId) ?? [])]
      .map(([day, tools]) => ({ day, calls: Object.fromEntries(tools) }))
      .sort((a, b) => (a.day < b.day ? 1 : -1));
  }

  /** Writes what is not on disk yet. @param known servers that there are; counts of others are dropped */
  async close(known: (serverId: string) => boolean): Promise<void> {
    await this.#reading;
    for (const serverId of this.#counts.keys()) if (!known(serverId)) this.#counts.delete(serverId);
    if (this.#timer) await this.#write();
  }

  async #read(): Promise<void> {
    const file = await readOrSetAside(this.path, this.backups, (text) => fileSchema.parse(JSON.parse(text)));
    for (const [serverId, days] of Object.entries(file ?? {}))
      this.#counts.set(
        serverId,
        new Map(Object.entries(days).map(([day, tools]) => [day, new Map(Object.entries(tools))])),
      );
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const days of this.#counts.values())
      for (const day of [...days.keys()].sort().slice(0, -KEPT_DAYS)) days.delete(day);
    const plain = Object.fromEntries(
      [...this.#counts].map(([serverId, days]) => [
        serverId,
        Object.fromEntries([...days].map(([day, tools]) => [day, Object.fromEntries(tools)])),
      ]),
    );
    // A full disk costs a number on a page, nothing more.
    await replaceFile(this.path, JSON.stringify(plain), { fsync: false }).catch(() => undefined);
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** The day as the person's own calendar has it. */
function localDay(): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
