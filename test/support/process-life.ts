import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether it runs: a zombie, which waits for its parent, does not. */
export const isAlive = (pid: number): boolean => {
  try {
    return (
      process.kill(pid, 0) &&
      !/^State:\s+Z/m.test(execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' }))
    );
  } catch {
    return false;
  }
};

/** Resolves when none of them runs any more. */
export async function gone(...pids: number[]): Promise<void> {
  while (pids.some(isAlive)) await wait(20);
}
