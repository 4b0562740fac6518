/** The words that the desktop app's binary takes for commands, and not for files to open. */
export const COMMAND_WORDS = [
  'list',
  'start',
  'stop',
  'logs',
  'call',
  'sync',
  'import',
  'export',
  'doctor',
  'allow',
  'run',
  'completion',
  'complete',
  'help',
] as const;

/** Where the first word that is no option stands; `--data-dir` may come before it. */
export function commandAt(args: readonly string[]): number {
  for (let at = 0; at < args.length; at += 1) {
    if (args[at] === '--data-dir') at += 1;
    else if (!args[at]?.startsWith('-')) return at;
  }
  return -1;
}

/** Whether these arguments ask for a command. */
export function isCommand(args: readonly string[]): boolean {
  return (COMMAND_WORDS as readonly string[]).includes(args[commandAt(args)] ?? '');
}
