import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { HelperProcess } from '../../src-main/vault/vault.js';
import type { Fault } from './plan.js';

// Kills this very process, or makes the disk refuse, at a chosen call. Nothing in the app knows of it: the functions of
// node:fs are wrapped before the app is loaded.

type Anything = (...args: never[]) => unknown;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('SIGKILL was not delivered');
}

const CHANGING = ['rename', 'link', 'rm', 'copyFile', 'truncate', 'chmod', 'mkdir'] as const;
const ON_HANDLES = ['writeFile', 'appendFile', 'sync', 'datasync', 'truncate'] as const;
const ON_CALLBACKS = ['rename', 'open', 'unlink'] as const;

/** Counts the calls that change something on disk and does at the chosen one what the fault says. */
export async function installFileFaults(fault: Fault): Promise<void> {
  if (fault.kind !== 'file' && fault.kind !== 'full') return;
  let count = 0;
  const wrap = <F extends Anything>(original: F, tear?: (self: unknown, args: unknown[]) => void): F =>
    function (this: unknown, ...args: unknown[]) {
      count += 1;
      const call = (): unknown => Reflect.apply(original, this, args) as unknown;
      if (fault.kind === 'full')
        return count >= fault.at && count < fault.at + fault.for && tear ? Promise.reject(noSpace()) : call();
      if (count !== fault.at) return call();
      if (fault.when === 'torn' && tear) tear(this, args);
      if (fault.when !== 'after') die();
      const result = call();
      if (result instanceof Promise) return result.then(die, die);
      return result;
    } as unknown as F;
  const promises = fs.promises as unknown as Record<string, Anything>;
  for (const name of CHANGING) promises[name] = wrap(promises[name] as Anything);
  const handle = await fs.promises.open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as Record<string, Anything>;
  await handle.close();
  for (const name of ON_HANDLES)
    prototype[name] = wrap(prototype[name] as Anything, name.endsWith('File') ? writeHalf : undefined);
  const callbacks = fs as unknown as Record<string, Anything>;
  for (const name of ON_CALLBACKS) callbacks[name] = wrap(callbacks[name] as Anything);
  syncBuiltinESMExports();
}

function noSpace(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

function writeHalf(self: unknown, [data]: unknown[]): void {
  const bytes = Buffer.from(data as string);
  fs.writeSync((self as { fd: number }).fd, bytes.subarray(0, Math.floor(bytes.length / 2)));
}

/** Wraps the way to the keychain in the same manner. */
export function withKeychainFaults(launch: () => HelperProcess, fault: Fault): () => HelperProcess {
  if (fault.kind !== 'keychain' && fault.kind !== 'helper') return launch;
  let sent = 0;
  let answered = 0;
  return () => {
    const helper = launch();
    return {
      ...helper,
      send: (message) => {
        sent += 1;
        if (fault.kind === 'keychain' && fault.when === 'before' && sent === fault.at) die();
        helper.send(message);
        if (fault.kind === 'helper' && sent === fault.at) helper.kill();
      },
      onMessage: (listener) =>
        helper.onMessage((message) => {
          answered += 1;
          if (fault.kind === 'keychain' && fault.when === 'after' && answered === fault.at) die();
          listener(message);
        }),
    };
  };
}
