import { Command } from 'commander';
import { findServer } from '../../../app/launcher/find-server.js';
import { shownCommand } from '../../../app/trust/shown-command.js';
import { CommandError, EXIT } from '../command-error.js';
import { confirm } from '../confirm.js';
import { line } from '../output.js';
import type { Perform } from '../program.js';

export function allowCommand(perform: Perform): Command {
  const command = new Command('allow')
    .summary('allow the command of a server that was not added here')
    .description(
      `Allow the command of a server that came by import or from a remote: it is shown whole, and run only
after a yes. It is asked again only when the command changes.`,
    )
    .argument('<server>', 'name or id of a server')
    .option('-y, --yes', 'the yes, where nobody can be asked');
  return command.action((word: string, { yes }: { yes?: boolean }) =>
    perform(command, async (context) => {
      const { output } = context;
      const door = await context.door();
      const { id: serverId, name } = findServer((await door.call('app.snapshot', {})).servers, word);
      const state = await door.call('trust.state', { serverId });
      const { trusted, command: asked, digest, origin } = state;
      if (trusted || !asked || digest === undefined) {
        output.result({ ...state, trusted: true }, () => output.say(`${line(name)} may run already.`));
        return EXIT.done;
      }
      output.note(`${line(name)}${origin ? ` came from ${line(origin.label)}` : ''} and would run:`);
      for (const part of shownCommand(asked)) output.note(`  ${part}`);
      if (!yes && !(await confirm('Allow it?', output)))
        throw new CommandError(
          'consent_required',
          `"${name}" may not run: nobody said yes.`,
          'Say yes at a terminal, or with --yes.',
        );
      await door.call('trust.allow', { serverId, digest });
      output.result({ ...state, trusted: true }, () => output.say(`${line(name)} may run.`));
      return EXIT.done;
    }),
  );
}
