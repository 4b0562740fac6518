import type { Server, Snapshot } from '../../contract/index.js';
import { findServer } from '../../app/launcher/find-server.js';
import { unusable } from './command-error.js';
import type { Door } from './door.js';
import { openDoor, openRunningDoor, runningDoor } from './open-door.js';
import { Output } from './output.js';
import type { Surroundings } from './place.js';

/** What every command is given. */
export class CommandContext {
  #door: Door | undefined;
  #atEnd: (() => Promise<unknown>) | undefined;

  constructor(
    readonly dataDir: string,
    readonly output: Output,
    private readonly surroundings: Surroundings,
  ) {}

  /** The running app, or one of this command's own. `mayBegin`: also where there is no data yet. */
  async door({ mayBegin = false } = {}): Promise<Door> {
    return (this.#door ??= await openDoor(this.dataDir, this.surroundings, mayBegin));
  }

  /** The running app, where one runs. */
  async doorIfRunning(): Promise<Door | undefined> {
    return (this.#door ??= await runningDoor(this.dataDir));
  }

  /** @param what why it takes a running one: `nothing could go on running after this command` */
  async runningDoor(what: string): Promise<Door> {
    return (this.#door ??= await openRunningDoor(this.dataDir, what));
  }

  /** What is to be done before the door closes, however the command ends. */
  atEnd(work: () => Promise<unknown>): void {
    this.#atEnd = work;
  }

  /** Ends what was opened for this command, its servers too. */
  async close(): Promise<void> {
    await this.#atEnd?.().catch(() => undefined);
    await this.#door?.close();
  }
}

/** The servers that words name; with `all` every one. @throws AppError `not_found`; CommandError for none */
export function chosenServers(
  { servers }: Pick<Snapshot, 'servers'>,
  words: readonly string[],
  all: boolean | undefined,
): Server[] {
  if (all) return servers;
  if (words.length === 0) throw unusable('Which server?', 'Name one or more of them, or use --all.');
  return [...new Set(words.map((word) => findServer(servers, word)))];
}
