import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../platform/durable-file.js';
import { processCommandLine, processStartTime } from '../../platform/process-identity.js';
import type { ProcessTree } from './process-tree.js';

const childSchema = z.object({
  serverId: z.string(),
  mark: z.string(),
  pid: z.number().int().positive(),
  started: z.string(),
  /** A hash: a command line may hold what nobody should read from a file. */
  commandHash: z.string(),
});
const registerSchema = z.object({
  instance: z.string().min(8),
  host: z.object({ pid: z.number().int().positive(), started: z.string() }),
  children: z.array(childSchema),
});
export type RegisteredChild = z.output<typeof childSchema>;
export type Register = z.output<typeof registerSchema>;

const SAVE_DELAY_MS = 100;

/**
 * What this run of the app has started, on disk, so that the next run can end what a killed one left behind. One
 * small file a run: `processes/<instance>.json`. It is there before the first child is.
 */
export class ProcessRegister {
  readonly instance = randomUUID();
  readonly #children = new Map<string, RegisteredChild>();
  readonly #trees = new Map<string, ProcessTree>();
  #host: Promise<Register['host']> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #disposed = false;
  readonly #onExit = (): void => this.#killAll();

  constructor(private readonly dataDir: string) {
    // The last resort of a host that ends without having disposed of the runtime, after an uncaught error say.
    process.once('exit', this.#onExit);
  }

  /** The file is on disk. Rejects when the data folder cannot be written. */
  ready(): Promise<void> {
    return this.#save();
  }

  /** A mark for the next tree: its environment carries it. */
  nextMark(): string {
    this.#count += 1;
    return `${this.instance}:${this.#count}`;
  }

  async add(serverId: string, tree: ProcessTree): Promise<void> {
    this.#trees.set(tree.mark, tree);
    const [started, command] = await Promise.all([processStartTime(tree.pid), processCommandLine(tree.pid)]);
    if (started === undefined || !this.#trees.has(tree.mark)) return;
    const commandHash = hashOf(command ?? '');
    this.#children.set(tree.mark, { serverId, mark: tree.mark, pid: tree.pid, started, commandHash });
    this.#saveSoon();
  }

  remove(tree: ProcessTree): void {
    this.#trees.delete(tree.mark);
    if (this.#children.delete(tree.mark)) this.#saveSoon();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#timer);
    process.off('exit', this.#onExit);
    this.#killAll();
    await this.#writing.catch(() => {});
    await rm(fileOf(this.dataDir, this.instance), { force: true });
  }

  /** Many may start at once; what a crash in between loses is still known by its mark where marks can be read. */
  #saveSoon(): void {
    if (!this.#disposed) this.#timer ??= setTimeout(() => void this.#save().catch(() => {}), SAVE_DELAY_MS);
  }

  #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    this.#host ??= processStartTime(process.pid).then((started = '') => ({ pid: process.pid, started }));
    const register: Register = {
      instance: this.instance,
      host: await this.#host,
      children: [...this.#children.values()],
    };
    await mkdir(folderOf(this.dataDir), { recursive: true, mode: 0o700 });
    // Lost with the power, so are the processes: no fsync.
    await replaceFile(fileOf(this.dataDir, this.instance), JSON.stringify(register), { fsync: false });
  }

  #killAll(): void {
    for (const tree of this.#trees.values()) tree.killNow();
    this.#trees.clear();
  }
}

export function hashOf(command: string): string {
  return createHash('sha256').update(command).digest('hex');
}

/** The registers of earlier runs, those that cannot be read included: as `undefined`, to be deleted. */
export async function otherRegisters(
  dataDir: string,
  own: string,
): Promise<{ file: string; register: Register | undefined }[]> {
  const names = await readdir(folderOf(dataDir)).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json') && name !== `${own}.json`);
  return Promise.all(
    files.map(async (name) => {
      const file = path.join(folderOf(dataDir), name);
      return { file, register: await readRegister(file) };
    }),
  );
}

async function readRegister(file: string): Promise<Register | undefined> {
  try {
    return registerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

const folderOf = (dataDir: string): string => path.join(dataDir, 'processes');
const fileOf = (dataDir: string, instance: string): string =>
  path.join(folderOf(dataDir), `${instance}.json`);
