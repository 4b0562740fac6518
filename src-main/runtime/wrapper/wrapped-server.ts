import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { LaunchPlan } from '../launch/launch-plan.js';
import { newRunMark, TREE_MARK } from '../process/process-marks.js';
import { Guardian } from '../process/guardian.js';
import { onOrphaned } from './orphaned.js';

/** How a server ended, as a shell counts: its own exit code, or 128 and the signal's number. */
export type WrappedEnd = { code: number; signal: NodeJS.Signals | undefined };

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
const SIGNAL_MS = 200;

/**
 * Runs a server in this process's place: it has this process's own stdin, stdout and stderr, so that not a byte passes
 * through here; signals go to it, and its end is ours. Nothing of it outlives this process, nor the one that started it.
 * @throws the system's error where it could not be spawned
 */
export async function wrapServer({
  file,
  nodeOptions = [],
  args,
  cwd,
  env,
}: LaunchPlan): Promise<WrappedEnd> {
  const mark = newRunMark();
  const isWindows = process.platform === 'win32';
  const child = (await spawner())(file, [...nodeOptions, ...args], {
    cwd,
    env: { ...env, [TREE_MARK]: mark },
    stdio: 'inherit',
    // A group of its own, so that the whole tree can be ended.
    detached: !isWindows,
    windowsHide: true,
    shell: false,
  });
  const exited = exitOf(child);
  const stopForwarding = forwardSignals(child);
  if (child.pid === undefined) return exited.finally(stopForwarding);
  const guardian = new Guardian(child.pid);
  const endTree = async (): Promise<void> => {
    const { ProcessTree } = await import('../process/process-tree.js');
    const tree = new ProcessTree(child.pid as number, mark);
    await tree.end({ force: new AbortController().signal }).catch(() => []);
  };
  const stopWatching = onOrphaned(() => void endTree());
  const end = await exited;
  stopWatching();
  if (hasStragglers(child.pid)) await endTree();
  await guardian.dismiss();
  stopForwarding();
  return end;
}

/** Windows needs help with programs that are scripts (`npx.cmd`); elsewhere it would only cost time. */
async function spawner(): Promise<
  (file: string, args: readonly string[], options: SpawnOptions) => ChildProcess
> {
  return process.platform === 'win32' ? (await import('cross-spawn')).default : spawn;
}

/** The exit code to end with. Where a signal ended the server, this process first tries to be ended by the same one. */
export async function asExitCode({ code, signal }: WrappedEnd): Promise<number> {
  if (signal === undefined || process.platform === 'win32') return code;
  process.kill(process.pid, signal);
  // It is about to take effect, unless it is one that Node keeps for itself.
  await new Promise((resolve) => setTimeout(resolve, SIGNAL_MS));
  return code;
}

function exitOf(child: ChildProcess): Promise<WrappedEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      // Also emitted when a signal could not be sent, which ends nothing.
      if (child.pid === undefined) reject(error);
    });
    child.once('exit', (code, signal) =>
      resolve({
        code: signal ? 128 + constants.signals[signal] : (code ?? 1),
        signal: signal ?? undefined,
      }),
    );
  });
}

function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    try {
      if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // It has ended a moment ago.
    }
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}

function hasStragglers(group: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
