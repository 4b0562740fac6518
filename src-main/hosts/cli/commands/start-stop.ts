import { Command } from 'commander';
import type { Run, Server } from '../../../contract/index.js';
import { asCommandError, EXIT, type CommandError } from '../command-error.js';
import { chosenServers, type CommandContext } from '../command-context.js';
import { line } from '../output.js';
import type { Perform } from '../program.js';
import { startServer } from '../start-server.js';

type Done = { server: string; run?: Run; error?: { code: string; message: string; hint: string } };

export function startCommand(perform: Perform): Command {
  const command = serversCommand('start', 'start servers in the running Jackfield').description(
    'Start servers in the running Jackfield. Answers when each is ready or has failed.',
  );
  return command.action((words: string[], { all }: { all?: boolean }) =>
    perform(command, async (context) => {
      const door = await context.runningDoor('a server needs one to go on running in');
      const servers = chosenServers(await door.call('app.snapshot', {}), words, all);
      return forEach(context, servers, (server) => startServer(door, server));
    }),
  );
}

export function stopCommand(perform: Perform): Command {
  const command = serversCommand('stop', 'stop servers in the running Jackfield').description(
    'Stop servers in the running Jackfield. Answers when nothing of them runs any more.',
  );
  return command.action((words: string[], { all }: { all?: boolean }) =>
    perform(command, async (context) => {
      const door = await context.doorIfRunning();
      if (!door) {
        context.output.result({ servers: [] }, () =>
          context.output.say('No Jackfield is running, so no server is.'),
        );
        return EXIT.done;
      }
      const servers = chosenServers(await door.call('app.snapshot', {}), words, all);
      return forEach(context, servers, async ({ id }) => (await door.call('run.stop', { serverId: id })).run);
    }),
  );
}

function serversCommand(name: string, summary: string): Command {
  return new Command(name)
    .summary(summary)
    .argument('[servers...]', 'names or ids')
    .option('--all', 'all servers');
}

/** Side by side; each is told as soon as it is done. */
async function forEach(
  { output }: CommandContext,
  servers: readonly Server[],
  act: (server: Server) => Promise<Run>,
): Promise<number> {
  const failures: CommandError[] = [];
  const results = await Promise.all(
    servers.map(async (server): Promise<Done> => {
      try {
        const run = await act(server);
        output.say(describe(server, run));
        return { server: server.name, run };
      } catch (error) {
        const failure = asCommandError(error);
        const { code, message, hint } = failure;
        failures.push(failure);
        output.note(`${line(server.name)}: ${line(message)}\n${line(hint)}`);
        return { server: server.name, error: { code, message, hint } };
      }
    }),
  );
  if (output.isJson) output.json({ servers: results });
  return failures[0]?.exitCode ?? EXIT.done;
}

function describe({ name }: Server, { state, pid, toolCount, readyMs }: Run): string {
  const facts = [
    pid !== undefined && `pid ${pid}`,
    state === 'running' && toolCount !== undefined && `${toolCount} ${toolCount === 1 ? 'tool' : 'tools'}`,
    state === 'running' && readyMs !== undefined && `ready in ${readyMs} ms`,
  ].filter((fact) => fact !== false);
  return `${line(name)} is ${state}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}
