import { spawn, type ChildProcess } from 'node:child_process';

/**
 * A word on stdin: all is well, go. An end of stdin without one: whoever held the other end was killed, so the group
 * is ended. It ignores what a terminal or a client sends to everybody.
 */
const SCRIPT = `trap '' HUP INT TERM QUIT
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
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'jackfield-guardian', String(group)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Its own session, so that no signal to our group, nor the end of a terminal, reaches it.
      detached: true,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
    });
    this.#shell.on('error', () => undefined);
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
    (this.#shell.stdin as { unref?: () => void } | null)?.unref?.();
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
