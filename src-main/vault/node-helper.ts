import { fork } from 'node:child_process';
import type { HelperProcess } from './keychain.js';

/**
 * Starts the keychain's helper as a child of plain Node, for hosts without Electron.
 * @param path the bundled helper, `out/main/keychain-helper.js`
 * @param env what the helper sees; it finds the session's keychain through it
 */
export function launchNodeHelper(path: string, env: NodeJS.ProcessEnv = process.env): HelperProcess {
  const child = fork(path, [], {
    env,
    execArgv: [],
    // keytar's libraries write warnings of their own; nothing the helper says is for the person.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let ended = false;
  const listeners = new Set<() => void>();
  const end = (): void => {
    if (ended) return;
    ended = true;
    for (const listener of listeners) listener();
  };
  child.once('exit', end);
  child.once('error', end);
  return {
    // A helper that is just dying closes its channel first; its exit is what tells.
    send: (message) => void (child.connected && child.send(message as object, () => undefined)),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void (ended ? queueMicrotask(listener) : listeners.add(listener)),
    // A call that hangs in native code notices no gentler signal.
    kill: () => void child.kill('SIGKILL'),
  };
}
