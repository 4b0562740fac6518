import { AppError } from '../contract/index.js';
import { StartFailure, type Ending } from './attempt.js';
import { pathOf } from './launch/command-lookup.js';
import { interpreterOf } from './launch/interpreter.js';
import type { LaunchPlan } from './launch/launch-plan.js';

/** Lines of stderr quoted in an error. */
export const QUOTED_LINES = 5;
const QUOTED_CHARACTERS = 600;

/** Whatever was thrown on the way to ready, as a failure that says whether another try makes sense. */
export function asStartFailure(error: unknown): StartFailure {
  if (error instanceof StartFailure) return error;
  if (error instanceof AppError) return new StartFailure(error, error.code !== 'remote_unreachable');
  return new StartFailure(
    new AppError('start_failed', `The start failed: ${messageOf(error)}.`, 'Look at the server’s log.'),
    true,
  );
}

/** It was ready, ran, and ended by itself. */
export function endedByItself({ reason, isRemote, lastWords = [] }: Ending): AppError {
  const said = quote(lastWords);
  return new AppError(
    isRemote ? 'remote_unreachable' : 'not_running',
    `The server ${reason}.${said && ` It last said: ${said}`}`,
    said
      ? 'Its last lines often name the cause; the whole output is in the server’s log.'
      : 'Its log shows what happened last. Restart starts it again.',
  );
}

/** It ran, and ended before it had answered. */
export function exitedEarly(ending: Ending, lastWords: string[]): StartFailure {
  const said = quote(lastWords);
  const error = new AppError(
    'start_failed',
    `The server ${ending.reason} before it was ready.${said && ` It last said: ${said}`}`,
    said
      ? 'Its last lines name the cause; the whole output is in the server’s log.'
      : 'It said nothing. Run the command in a terminal, or let the doctor check it.',
  );
  return new StartFailure(error, false, ending);
}

/** The system refused to start the program, although it was found. */
export async function spawnFailed(error: NodeJS.ErrnoException, plan: LaunchPlan): Promise<StartFailure> {
  const fail = (message: string, hint: string, permanent = true): StartFailure =>
    new StartFailure(new AppError('start_failed', message, hint), permanent);
  switch (error.code) {
    case 'ENOENT': {
      const interpreter = await interpreterOf(plan.file);
      return fail(
        `"${plan.file}" is there, but its interpreter ${interpreter ? `"${interpreter}" ` : ''}was not found. PATH: ${pathOf(plan.env)}`,
        'Install the interpreter, or check the first line of the program.',
      );
    }
    case 'EACCES':
    case 'EPERM':
      return fail(`The system does not allow "${plan.file}" to be run.`, 'Check its permissions.');
    case 'ENOEXEC':
      return fail(
        `"${plan.file}" is not a program this system can run.`,
        'Start it with its interpreter, or install the build for this kind of computer.',
      );
    case 'E2BIG':
      return fail('Arguments and environment together are too long for the system.', 'Shorten them.');
    default:
      return fail(
        `The system could not start "${plan.file}": ${error.code ?? error.message}.`,
        'It may be short of memory or of processes; the start is tried again.',
        false,
      );
  }
}

export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\.+$/, '');
}

/** What the server said last, in one line; empty where it said nothing. */
export function quote(lines: string[]): string {
  const text = lines
    // eslint-disable-next-line no-control-regex -- colours of a terminal say nothing in a sentence
    .map((line) => line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').trim())
    .filter(Boolean)
    .slice(-QUOTED_LINES)
    .join(' ⏎ ');
  return text.length > QUOTED_CHARACTERS ? `…${text.slice(-QUOTED_CHARACTERS)}` : text;
}
