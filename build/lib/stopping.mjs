import { spawn } from 'node:child_process';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];
const PARENT_CHECK_MS = 500;
const OWN_GROUP = process.platform !== 'win32';
const children = new Set();

/** For children that have children (npm ci, builds, tests): in a group of its own, a child can be ended with its tree. */
export const inOwnGroup = { detached: OWN_GROUP };

export function endWithUs(child) {
  children.add(child);
  for (const event of ['exit', 'error']) child.once(event, () => children.delete(child));
  return child;
}

export function endTree(child, signal = 'SIGTERM') {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (!OWN_GROUP) {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in between.
  }
}

/**
 * While a script prepares, a signal ends what it started and then the script. Asked to stop and stopped is a success
 * for a start, so its exit code is 0; tests that were cut short have not passed.
 * @returns takes the handlers away, for the host that answers signals itself
 */
export function stopOnSignals(exitCode = 0) {
  const stop = () => {
    for (const child of children) endTree(child);
    process.exit(exitCode);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return () => SIGNALS.forEach((signal) => process.off(signal, stop));
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/**
 * npm cannot pass on a SIGKILL, and a shell between npm and us may not pass on anything. When npm started us and our
 * parent is gone, this stops us as SIGTERM would, rather than live on where nobody sees us.
 */
export function stopWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    // On Windows the parent's id stays what it was.
    if (process.ppid === parent && isAlive(parent)) return;
    clearInterval(timer);
    process.emit('SIGTERM', 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}
