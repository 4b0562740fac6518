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

  constructor(
    readonly dataDir: string,
    readonly output: Output,
    private readonly surroundings: Surroundings,
  ) {}

  /** The running app, or one of this command's own. */
  async door(): Promise<Door> {
    return (this.#door ??= await openDoor(this.dataDir, this.surroundings));
  }

  /** The running app, where one runs. */
  async doorIfRunning(): Promise<Door | undefined> {
    return (this.#door ??= await runningDoor(this.dataDir));
  }

  /** @param what why it takes a running one: `nothing could go on running after this command` */
  async runningDoor(what: string): Promise<Door> {
    return (this.#door ??= await openRunningDoor(this.dataDir, what));
  }

  /** Ends what was opened for this command, its servers too. */
  async close(): Promise<void> {
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
