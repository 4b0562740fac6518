import { Command, CommanderError } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { allowCommand } from './commands/allow.js';
import { callCommand } from './commands/call.js';
import { completionCommands } from './commands/completion.js';
import { doctorCommand } from './commands/doctor.js';
import { exportCommand } from './commands/export.js';
import { importCommand } from './commands/import.js';
import { listCommand } from './commands/list.js';
import { logsCommand } from './commands/logs.js';
import { runHelp } from './commands/run-help.js';
import { startCommand, stopCommand } from './commands/start-stop.js';
import { syncCommand } from './commands/sync.js';
import { asCommandError, EXIT, unusable } from './command-error.js';
import { CommandContext } from './command-context.js';
import { Output } from './output.js';
import { dataFolderOf, type Surroundings } from './place.js';

/** What a command does; its number is the exit code. */
export type Act = (context: CommandContext, signal: AbortSignal) => Promise<number>;
/** Hands a command's deed over, with the options that every command has. */
export type Perform = (command: Command, act: Act) => Promise<void>;

const MAKERS = [
  listCommand,
  startCommand,
  stopCommand,
  logsCommand,
  callCommand,
  syncCommand,
  importCommand,
  exportCommand,
  doctorCommand,
  allowCommand,
];

export const EXIT_CODES = `Exit codes: 0 done, 1 failed, 2 unusable command line, 3 Jackfield cannot be reached or has to run
and does not, 4 something needs a yes. "run" ends as its server ends.`;

/** Every command, for a person's line and for the documentation made from it. */
export function makeProgram(perform: Perform): Command {
  const program = new Command('jackfield')
    .description('The patch bay for MCP servers, from the command line.')
    .version(packageJson.version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .option('--data-dir <dir>', 'data folder (also JACKFIELD_DATA_DIR)')
    .showHelpAfterError('(jackfield help shows what there is)')
    .addHelpText(
      'after',
      `
Commands talk to the running Jackfield. Where none runs they open the data folder themselves, for
as long as they take.

${EXIT_CODES}`,
    );
  for (const make of MAKERS) program.addCommand(withShared(make(perform)));
  program.addCommand(runHelp());
  for (const command of completionCommands(program, perform))
    program.addCommand(command, { hidden: command.name() === 'complete' });
  return program.exitOverride();
}

function withShared(command: Command): Command {
  return command
    .option('--json', 'answer in JSON, for programs')
    .option('--data-dir <dir>', 'data folder (also JACKFIELD_DATA_DIR)')
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError(`(jackfield ${command.name()} --help shows how)`)
    .exitOverride();
}

/** Does what the arguments say. Resolves with the exit code. */
export async function program(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let code: number = EXIT.done;
  const perform: Perform = async (command, act) => {
    const { dataDir, json } = command.optsWithGlobals<{ dataDir?: string; json?: boolean }>();
    code = await performing(dataFolderOf(dataDir, process.env), new Output(json ?? false), surroundings, act);
  };
  endQuietlyWithoutReader();
  const made = makeProgram(perform);
  const isJson = args.includes('--json');
  if (isJson)
    for (const command of [made, ...made.commands])
      command.configureOutput({ outputError: () => undefined, writeErr: () => undefined });
  try {
    await made.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are no faults; everything else commander throws is an unusable command line.
    if (error.exitCode === 0) return EXIT.done;
    const message = error.message.replace(/^error: /, '');
    if (isJson) new Output(true).error(unusable(message, 'jackfield help shows what there is.'));
    return EXIT.unusable;
  }
  return code;
}

async function performing(
  dataDir: string,
  output: Output,
  surroundings: Surroundings,
  act: Act,
): Promise<number> {
  const context = new CommandContext(dataDir, output, surroundings);
  const stop = new AbortController();
  const stopped = new Promise<number>((resolve) => {
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
      ['SIGHUP', 1],
      ['SIGPIPE', 13],
    ] as const) {
      const end = (): void => {
        stop.abort();
        resolve(128 + number);
      };
      // A second one ends it at once; but a pipe without a reader says so at every line.
      if (signal === 'SIGPIPE') process.on(signal, end);
      else process.once(signal, end);
    }
  });
  try {
    return await Promise.race([act(context, stop.signal), stopped]);
  } catch (error) {
    const told = asCommandError(error);
    output.error(told);
    return told.exitCode;
  } finally {
    await context.close();
  }
}

/** `jackfield logs -f x | head`: who does not read on is no fault. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // Node passes the signal over, and tells of its reason here.
    process.emit('SIGPIPE');
  });
}
