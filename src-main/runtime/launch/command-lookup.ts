import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/index.js';

export type Lookup = { command: string; cwd: string; env: Record<string, string | undefined> };

/** The PATH a command was searched in: Windows spells the variable in any case. */
export function pathOf(env: Record<string, string | undefined>): string {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH');
  return (name && env[name]) ?? '';
}

/**
 * The absolute path of the program, found as a shell would find it.
 * @throws AppError `start_failed` that names the command and where it was looked for.
 */
export async function findCommand(lookup: Lookup): Promise<string> {
  const { command, cwd, env } = lookup;
  if (/[/\\]/.test(command)) return byPath(path.resolve(cwd, command), command, env);
  const folders = pathOf(env).split(path.delimiter).filter(Boolean);
  let unusable: string | undefined;
  for (const folder of folders) {
    for (const name of namesOf(command, env)) {
      const file = path.resolve(cwd, folder, name);
      const kind = await kindOf(file);
      if (kind === 'program') return file;
      if (kind === 'not executable') unusable ??= file;
    }
  }
  if (unusable) throw notExecutable(unusable);
  throw new AppError(
    'start_failed',
    `The command "${command}" was not found. Searched this PATH: ${folders.join(path.delimiter) || '(it is empty)'}`,
    /\s/.test(command)
      ? 'Only the program belongs into the command; put what follows it into the arguments.'
      : `Install ${command}, or put the program's full path into the command. If it was installed a moment ago, refresh the environment.`,
    [{ path: 'transport.command', message: 'was not found on the PATH' }],
  );
}

/** @throws AppError `start_failed` when the working folder cannot be used; told apart from a missing command. */
export async function checkCwd(cwd: string): Promise<void> {
  const fault = (what: string, hint: string): AppError =>
    new AppError('start_failed', `The working folder "${cwd}" ${what}.`, hint, [
      { path: 'transport.cwd', message: what },
    ]);
  const facts = await stat(cwd).catch((error: NodeJS.ErrnoException) => error);
  if (facts instanceof Error)
    throw facts.code === 'EACCES'
      ? fault('may not be opened', 'Allow your user to open it, or choose another folder.')
      : fault('does not exist', 'Create the folder, or choose another one in the server’s settings.');
  if (!facts.isDirectory()) throw fault('is not a folder', 'Choose the folder the server should run in.');
  await access(cwd, constants.X_OK).catch(() => {
    throw fault('may not be entered', 'Allow your user to enter it, or choose another folder.');
  });
}

async function byPath(file: string, command: string, env: Lookup['env']): Promise<string> {
  for (const candidate of namesOf(file, env)) {
    const kind = await kindOf(candidate);
    if (kind === 'program') return candidate;
    if (kind === 'not executable') throw notExecutable(candidate);
  }
  throw new AppError(
    'start_failed',
    `The command "${command}" does not exist (looked for ${file}; a path is not searched on the PATH ${pathOf(env)}).`,
    'Check the path in the server’s settings.',
    [{ path: 'transport.command', message: 'does not exist' }],
  );
}

/** On Windows a bare name stands for every extension of PATHEXT. */
function namesOf(name: string, env: Lookup['env']): string[] {
  if (process.platform !== 'win32') return [name];
  const extensions = (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const hasOne = extensions.some((extension) => name.toLowerCase().endsWith(extension.toLowerCase()));
  return hasOne ? [name] : [...extensions.map((extension) => name + extension), name];
}

async function kindOf(file: string): Promise<'program' | 'not executable' | 'none'> {
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) return 'none';
  const allowed = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  return allowed ? 'program' : 'not executable';
}

function notExecutable(file: string): AppError {
  return new AppError(
    'start_failed',
    `"${file}" is there, but it may not be executed.`,
    `Make it executable (chmod +x), or start it with its interpreter: command "node", argument "${file}".`,
    [{ path: 'transport.command', message: 'is not executable' }],
  );
}
