import { spawn, type ChildProcess } from 'node:child_process';
import { TREE_MARK } from '../process/process-marks.js';

/**
 * A word on stdin: all is well, go. An end of stdin without one: whoever held the other end was killed, so the group
 * is ended. It ignores what a terminal or a client sends to everybody.
 */
const END_GROUP = `trap '' HUP INT TERM QUIT
read -r word && exit 0
kill -TERM -"$1" 2>/dev/null || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  kill -0 -"$1" 2>/dev/null || exit 0
  sleep 0.1
done
kill -KILL -"$1" 2>/dev/null`;

/**
 * Ends a process group when this process is killed in a way that nothing in it can answer: a shell of about a megabyte
 * that waits at a pipe. Windows has no such shell; a server there ends with its stdin.
 */
export class Guardian {
  #shell: ChildProcess | undefined;

  constructor(group: number) {
    if (process.platform === 'win32') return;
    this.#shell = waitingShell(END_GROUP, String(group));
  }

  /** The group has ended, and its number may belong to somebody else soon. Resolves when the shell knows. */
  dismiss(): Promise<void> {
    return new Promise((resolve) => {
      const stdin = this.#shell?.stdin;
      if (!stdin || stdin.destroyed) return resolve();
      stdin.end('done\n', () => resolve());
      stdin.once('error', () => resolve());
    });
  }
}

/** The end of stdin: this process is gone, however it ended. Where something carries its mark, that is ended too. */
const END_MARKED = `trap '' HUP INT TERM QUIT
read -r word
mark=$1
shift
if [ -r /proc/self/environ ]; then
  grep -qsF "${TREE_MARK}=$mark" /proc/[0-9]*/environ || exit 0
else
  case "$(ps -axwwE -o command=)" in *"${TREE_MARK}=$mark"*) ;; *) exit 0 ;; esac
fi
exec "$@" "$mark"`;

/**
 * Once this process has ended, in whatever way, has what carries the mark ended by `command`, which is given the mark
 * as its last argument. The same shell of a megabyte, since nothing in a killed process can do it.
 */
export function endMarkedAfterUs(mark: string, command: readonly string[]): void {
  if (process.platform !== 'win32') waitingShell(END_MARKED, mark, ...command);
}

function waitingShell(script: string, ...args: string[]): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', script, 'jackfield-guardian', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Its own session, so that no signal to our group, nor the end of a terminal, reaches it.
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  shell.on('error', () => undefined);
  shell.stdin?.on('error', () => undefined);
  shell.unref();
  (shell.stdin as { unref?: () => void } | null)?.unref?.();
  return shell;
}
