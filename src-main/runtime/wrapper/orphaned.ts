/** How often it is looked whether the client that started us is still there. */
const PARENT_MS = 1_000;
/** A server whose client is gone has met the end of its stdin, and is given this long to end by itself. */
const FAREWELL_MS = 2_000;

/**
 * Does something once the process that started this one is gone, and the server has had its time to end by itself.
 * Holds no process open. Answers what stops the watch.
 */
export function onOrphaned(act: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (isThere(parent)) return;
    clearInterval(timer);
    setTimeout(act, FAREWELL_MS).unref();
  }, PARENT_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function isThere(parent: number): boolean {
  if (process.platform !== 'win32') return process.ppid === parent;
  try {
    return process.kill(parent, 0);
  } catch {
    return false;
  }
}
