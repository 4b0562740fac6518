import { commandAt } from './command-words.js';
import type { Surroundings } from './place.js';

/**
 * Does what a command line asks for; resolves with the exit code. `run` goes a way of its own: an AI client waits for
 * its server, and most of this program takes longer to load than the server does. It may become that server, and then
 * answers nothing: the process ends when the server does.
 */
export async function obey(args: readonly string[], surroundings: Surroundings): Promise<number | undefined> {
  const at = commandAt(args);
  if (args[at] === 'run') {
    const { runCommand } = await import('./run-command.js');
    return runCommand([...args.slice(0, at), ...args.slice(at + 1)], surroundings);
  }
  const { program } = await import('./program.js');
  return program(args, surroundings);
}
