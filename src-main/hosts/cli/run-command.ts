import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { becomeServer, endMarked } from '../../app/launcher/launcher.js';
import { dataFolderOf, type Surroundings } from './place.js';

/** What env(1), nohup(1) and others answer when they, and not what they were to run, have failed. */
const EXIT_NOT_RUN = 125;
const EXIT_UNUSABLE = 2;

export const RUN_USAGE = `Usage: jackfield run [options] <server>

Become a server: read it from the catalog and its secrets from the keychain, and run it in this
process's place. For AI clients: what the client says goes to the server untouched, and back. Needs
no running Jackfield. A server at a URL is bridged to stdin and stdout.

Arguments:
  server            name or id of a server

Options:
  --data-dir <dir>  data folder (also JACKFIELD_DATA_DIR)
  -h, --help        show this help

Exit code: the server's own; ${EXIT_NOT_RUN} where it could not be started; ${EXIT_UNUSABLE} for an unusable command line.
`;

/** For ourselves: what a server left behind, that ran in the very process of this command, is ended after it. */
const END_MARKED = '--end-marked';

type Wanted =
  { server: string; dataDir: string | undefined } | 'help' | { fault: string } | { endMarked: string };

/**
 * The quick way: nothing is loaded that this one command does not need. Answers nothing where this process has become
 * the server, and its end is no longer ours.
 */
export async function runCommand(
  args: readonly string[],
  { launchHelper, launcher }: Pick<Surroundings, 'launchHelper' | 'launcher'>,
): Promise<number | undefined> {
  const wanted = read(args);
  if (wanted === 'help') {
    process.stdout.write(RUN_USAGE);
    return 0;
  }
  if ('endMarked' in wanted) {
    await endMarked(wanted.endMarked);
    return 0;
  }
  if ('fault' in wanted) {
    // Not by process.stderr, which would make the server's own stderr one that does not wait for its reader.
    writeSync(2, `jackfield run: ${wanted.fault} Usage: jackfield run [--data-dir DIR] SERVER\n`);
    return EXIT_UNUSABLE;
  }
  const dataDir = dataFolderOf(wanted.dataDir, process.env);
  try {
    return await becomeServer({
      dataDir,
      server: wanted.server,
      launchHelper,
      env: process.env,
      cwd: process.cwd(),
      endMarked: [...launcher, 'run', END_MARKED],
    });
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string };
    writeSync(2, `jackfield run: ${message}${hint === undefined ? '' : `\n${hint}`}\n`);
    return EXIT_NOT_RUN;
  }
}

function read(args: readonly string[]): Wanted {
  if (args[0] === END_MARKED && args.length === 2) return { endMarked: args[1] as string };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) return 'help';
    const [server, ...rest] = positionals;
    if (values['data-dir']?.trim() === '') return { fault: '--data-dir must name a folder.' };
    if (server === undefined) return { fault: 'Which server?' };
    if (rest.length > 0) return { fault: `One server at a time, not "${rest.join('" and "')}" too.` };
    return { server, dataDir: values['data-dir'] };
  } catch (error) {
    return { fault: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}
