import type { Run, Server } from '../../contract/index.js';
import { CommandError } from './command-error.js';
import type { Door } from './door.js';

/** Starts a server. Where its command has to be allowed first, the error says how that is done from here. */
export async function startServer(door: Door, { id, name }: Pick<Server, 'id' | 'name'>): Promise<Run> {
  try {
    return (await door.call('run.start', { serverId: id })).run;
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'consent_required') throw error;
    throw new CommandError(
      error.code,
      error.message,
      `Look at the whole command and allow it once, in Jackfield or with: jackfield allow ${JSON.stringify(name)}`,
    );
  }
}
