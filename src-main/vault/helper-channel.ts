/** How a helper process talks to the host that started it. */
export type HelperChannel = {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
};

type ParentPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
};

/**
 * Electron's utility process has `process.parentPort`, Node's child process has `process.send`. The process ends with
 * its host, however that ended.
 */
export function helperChannel(): HelperChannel {
  const port = (process as { parentPort?: ParentPort }).parentPort;
  return port ? overPort(port) : overIpc();
}

function overPort(port: ParentPort): HelperChannel {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
  };
}

function overIpc(): HelperChannel {
  // Ctrl+C in a terminal reaches the whole group; the host still needs its keychain to end cleanly, and ends us after.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // An ordinary exit would wait for a call that hangs in the keychain.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  return {
    send: (message) => void process.send?.(message),
    onMessage: (listener) => process.on('message', listener),
  };
}
