import { Command } from 'commander';

/** `run` never comes this way, but its help does: see `run-command.ts`. */
export function runHelp(): Command {
  return new Command('run')
    .summary('become a server, for AI clients')
    .argument('<server>', 'name or id of a server')
    .option('--data-dir <dir>', 'data folder (also JACKFIELD_DATA_DIR)')
    .helpOption('-h, --help', 'show this help')
    .description(
      `Become a server: read it from the catalog and its secrets from the keychain, and run it in this
process's place. For AI clients: what the client says goes to the server untouched, and back.
Needs no running Jackfield. A server at a URL is bridged to stdin and stdout.`,
    )
    .addHelpText(
      'after',
      '\nExit code: the server’s own; 125 where it could not be started; 2 for an unusable command line.',
    );
}
