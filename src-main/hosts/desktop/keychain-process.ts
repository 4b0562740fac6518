import { utilityProcess } from 'electron';
import type { HelperProcess } from '../../app.js';

/** The keychain helper as an Electron utility process: a packaged app cannot fork plain Node (fuse `runAsNode`). */
export function launchUtilityHelper(file: string): HelperProcess {
  const child = utilityProcess.fork(file, [], { serviceName: 'Jackfield keychain', stdio: 'ignore' });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (callback) => void child.on('message', callback),
    onExit: (callback) => void child.once('exit', () => callback()),
    kill: () => void child.kill(),
  };
}
