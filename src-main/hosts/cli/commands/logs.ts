import { Command, InvalidArgumentError } from 'commander';
import type { LogEntry } from '../../../contract/index.js';
import { findServer } from '../../../app/launcher/find-server.js';
import { CommandError, EXIT } from '../command-error.js';
import type { Door } from '../door.js';
import { harmless, type Output, type Style } from '../output.js';
import type { Perform } from '../program.js';

const MOST = 5_000;
const STREAM_STYLE: Record<LogEntry['stream'], Style | undefined> = {
  stdout: undefined,
  stderr: 'yellow',
  protocol: 'cyan',
  supervisor: 'dim',
};

type Options = { follow?: boolean; lines: number; search?: string };

export function logsCommand(perform: Perform): Command {
  const command = new Command('logs')
    .summary('show what a server has said')
    .description('Show what a server has said, and what was done with it. Secrets are blanked in it.')
    .argument('<server>', 'name or id of a server')
    .option('-f, --follow', 'go on with what it says from now on')
    .option('-n, --lines <count>', `how many of the last lines, at most ${MOST}`, countOf, 100)
    .option('--search <text>', 'only lines that hold this text')
    .addHelpText('after', '\nWith --json each line is a JSON object of its own.');
  return command.action((word: string, { follow, lines, search }: Options) =>
    perform(command, async (context, signal) => {
      const { output } = context;
      const door = await context.door();
      const { servers } = await door.call('app.snapshot', {});
      const { id, name } = findServer(servers, word);
      const tell = (entries: readonly LogEntry[]): void => {
        for (const entry of entries) if (holds(entry, search)) tellEntry(output, entry);
      };
      const following = follow && door.isRunning ? new Following(door, id, tell) : undefined;
      const wanted = { serverId: id, limit: Math.max(lines, 1), ...(search !== undefined && { search }) };
      const { entries } = await door.call('run.logs', wanted);
      if (lines > 0) tell(entries);
      if (!follow) return EXIT.done;
      if (!following)
        throw new CommandError(
          'not_running',
          `No Jackfield is running, so "${name}" says nothing more.`,
          'Open Jackfield, and follow again.',
          EXIT.unreachable,
        );
      following.begin(entries.at(-1)?.seq ?? 0);
      return following.until(signal);
    }),
  );
}

/** Listens before the stored lines are asked for, so that none falls between the two. */
class Following {
  #early: LogEntry[] | undefined = [];

  constructor(
    private readonly door: Door,
    serverId: string,
    private readonly tell: (entries: readonly LogEntry[]) => void,
  ) {
    door.on('log.appended', (appended) => {
      if (appended.serverId !== serverId) return;
      if (this.#early) this.#early.push(...appended.entries);
      else tell(appended.entries);
    });
  }

  begin(last: number): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    this.tell(early.filter(({ seq }) => seq > last));
  }

  /** Until somebody stops it, or the app ends. */
  async until(signal: AbortSignal): Promise<number> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([aborted, this.door.ended]);
    return EXIT.done;
  }
}

function countOf(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > MOST)
    throw new InvalidArgumentError(`It must be a number from 0 to ${MOST}.`);
  return Number(text);
}

function holds({ text }: LogEntry, search: string | undefined): boolean {
  return search === undefined || text.toLowerCase().includes(search.toLowerCase());
}

function tellEntry(output: Output, entry: LogEntry): void {
  if (output.isJson) return output.json(entry);
  const { at, stream, text } = entry;
  const style = STREAM_STYLE[stream];
  const time = new Date(at).toTimeString().slice(0, 8);
  const body = harmless(text);
  output.say(
    `${output.style('dim', `${time} ${stream.padEnd(10)}`)} ${style ? output.style(style, body) : body}`,
  );
}
