import {
  AppError,
  serverSchema,
  type CommandLine,
  type Server,
  type TrustState,
} from '../../contract/index.js';
import type { AllowedCommands } from './allowed-commands.js';
import { commandLineOf, digestOf } from './command-line.js';

/** One question to the person: may this command run? */
export type TrustRequest = {
  serverId: string;
  name: string;
  /** Where it came from, in words. */
  from: string;
  command: CommandLine;
  /** The last one of this server that was allowed. */
  before?: CommandLine;
  /** Takes the person's answer. @throws AppError `revision_conflict` where the command changed since it was shown */
  answer(allowed: boolean): Promise<void>;
};

/**
 * How a host asks the person where no script of a page can answer. Answers at once; the request's `answer` is called
 * when the person has spoken. `url`: where they have to go for that.
 */
export type AskPerson = (request: TrustRequest) => Promise<{ url?: string }>;

export type TrustPorts = {
  allowed: AllowedCommands;
  server(id: string): Server | undefined;
  /** Newest first. */
  revisions(id: string): Promise<readonly { record: unknown }[]>;
  answered(serverId: string, allowed: boolean): void;
  ask: AskPerson | undefined;
};

const FROM = { import: 'was imported from', remote: 'came from the remote' } as const;

/**
 * Which commands may run. A server that the person typed may; one that came from elsewhere may when the person has
 * allowed its very command line, once.
 */
export class Trust {
  constructor(private readonly ports: TrustPorts) {}

  isTrusted(server: Server): boolean {
    if (!server.origin) return true;
    const digest = this.#digest(server);
    return digest === undefined || this.ports.allowed.has(digest);
  }

  /** Why this server is not run now; `undefined` where it may be. */
  refusal(server: Server): AppError | undefined {
    if (this.isTrusted(server)) return undefined;
    return new AppError(
      'consent_required',
      `"${server.name}" ${wordsFor(server)}, and nobody has allowed its command on this computer yet. Nothing was started.`,
      'Look at the whole command and allow it once. It is asked again only when the command changes.',
    );
  }

  /** @throws AppError `not_found` */
  async state(serverId: string): Promise<TrustState> {
    const server = this.#server(serverId);
    const command = commandLineOf(server);
    const digest = this.#digest(server);
    const trusted = this.isTrusted(server);
    const before = trusted ? undefined : await this.#before(server);
    return {
      trusted,
      ...(server.origin && { origin: server.origin }),
      ...(command && digest !== undefined && { command, digest }),
      ...(before && { before }),
    };
  }

  /** @throws AppError `not_found`, `unsupported` where this host cannot ask or there is nothing to ask */
  async ask(serverId: string): Promise<{ url?: string }> {
    const server = this.#server(serverId);
    const { trusted, command, digest, before } = await this.state(serverId);
    if (trusted || !command || digest === undefined)
      throw new AppError(
        'unsupported',
        `The command of "${server.name}" needs no answer of yours.`,
        'Start it, or change it in its settings.',
      );
    if (!this.ports.ask)
      throw new AppError(
        'unsupported',
        'This host has no way to ask you outside its window.',
        'Allow the command from the command line.',
      );
    return this.ports.ask({
      serverId,
      name: server.name,
      from: wordsFor(server),
      command,
      ...(before && { before }),
      answer: async (allowed) => {
        if (allowed) await this.allow(serverId, digest);
        else this.ports.answered(serverId, false);
      },
    });
  }

  /** @throws AppError `not_found`; `revision_conflict` where it is another command by now; `io` */
  async allow(serverId: string, digest: string): Promise<void> {
    const server = this.#server(serverId);
    if (this.#digest(server) !== digest)
      throw new AppError(
        'revision_conflict',
        'The command has changed since it was shown.',
        'Look at it again, then decide.',
      );
    try {
      await this.ports.allowed.add(digest);
    } catch (error) {
      throw new AppError(
        'io',
        'Your answer could not be written to the data folder.',
        'Make room there, or make it writable, and answer again.',
        [],
        { cause: error },
      );
    }
    this.ports.answered(serverId, true);
  }

  #digest(server: object): string | undefined {
    return digestOf(server, this.ports.allowed.salt);
  }

  /** The newest revision's command line that may run: what the new one is to be compared with. */
  async #before(server: Server): Promise<CommandLine | undefined> {
    for (const { record } of await this.ports.revisions(server.id)) {
      const parsed = serverSchema.safeParse(record);
      if (parsed.success && this.isTrusted(parsed.data)) return commandLineOf(parsed.data);
    }
    return undefined;
  }

  #server(serverId: string): Server {
    const server = this.ports.server(serverId);
    if (server) return server;
    throw new AppError(
      'not_found',
      'There is no such server.',
      'It may have been removed in another window.',
    );
  }
}

function wordsFor({ origin }: Server): string {
  return origin ? `${FROM[origin.kind]} ${origin.label}` : 'was added here';
}
