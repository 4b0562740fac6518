import { win32 } from 'node:path';

/** Programs that are scripts on Windows (`npx.cmd`), which cannot be started without a shell there. */
const SCRIPTS = new Set(['npx', 'npm', 'pnpm', 'pnpx', 'yarn', 'bunx', 'corepack']);

const programOf = (command: string): string =>
  win32
    .basename(command)
    .toLowerCase()
    .replace(/\.(exe|cmd|bat)$/, '');

/** `cmd /c npx …` is `npx …` with a shell for Windows around it; our launcher needs none. */
export function withoutShell(command: string, args: readonly string[]): { command: string; args: string[] } {
  const rest = [...args];
  if (programOf(command) === 'cmd') {
    while (/^\/[dsq]$/i.test(rest[0] ?? '')) rest.shift();
    const [flag, inner, ...innerArgs] = rest;
    // Anything that only a shell can do (pipes, several commands, a quoted line) stays with the shell.
    if (/^\/c$/i.test(flag ?? '') && inner && !/[\s&|<>^"]/.test(inner))
      return { command: inner, args: innerArgs };
  }
  return { command, args: [...args] };
}

/** The other way round, for clients that start programs as they stand. */
export function withShell(command: string, args: readonly string[]): { command: string; args: string[] } {
  return SCRIPTS.has(programOf(command))
    ? { command: 'cmd', args: ['/c', command, ...args] }
    : { command, args: [...args] };
}
