import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { HelperAnswer, HelperRequest } from '../../src-main/vault/helper-protocol.js';
import type { HelperProcess } from '../../src-main/vault/vault.js';
import type { Fault, Full } from './plan.js';

// Kills this very process, or makes the disk or the keychain refuse, at a chosen call. Nothing in the app knows of it:
// the functions of node:fs are wrapped before the app is loaded.

type Anything = (...args: never[]) => unknown;

/** A call that changes something on disk. */
type Call = {
  /** Of the file that is written to. */
  path: string | undefined;
  /** Writes the first half of the bytes. Only calls that write any have it. */
  tear: (() => void) | undefined;
  go: () => unknown;
  fail: (error: Error) => unknown;
};

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('SIGKILL was not delivered');
}

const MOVING = ['rename', 'link', 'rm', 'copyFile', 'truncate', 'chmod', 'mkdir'] as const;
const WRITING = ['writeFile', 'appendFile'] as const;
const ON_HANDLES = ['writeFile', 'appendFile', 'sync', 'datasync', 'truncate'] as const;
/** What streams are made of. */
const ON_CALLBACKS = ['open', 'write'] as const;

/** Counts the calls that change something on disk and does at the chosen one what the fault says. */
export async function installFileFaults(fault: Fault): Promise<void> {
  if (fault.kind === 'file') await wrapFiles(dyingAt(fault));
  const full = fault.kind === 'locked' ? fault.full : fault;
  if (full && 'file' in full) await wrapFiles(refusing(full));
}

function dyingAt({ at, when }: Extract<Fault, { kind: 'file' }>): (call: Call) => unknown {
  let count = 0;
  return ({ tear, go }) => {
    count += 1;
    if (count !== at) return go();
    if (when === 'torn') tear?.();
    if (when !== 'after') die();
    const result = go();
    return result instanceof Promise ? result.then(die, die) : die();
  };
}

function refusing({ file, at, for: length }: Full): (call: Call) => unknown {
  let count = 0;
  return ({ path, tear, go, fail }) => {
    if (!tear || (file === 'history' && !path?.includes('history.jsonl'))) return go();
    count += 1;
    if (count < at || count >= at + length) return go();
    // A disk that is nearly full takes a part.
    tear();
    return fail(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  };
}

async function wrapFiles(around: (call: Call) => unknown): Promise<void> {
  const paths = new WeakMap<object, string>();
  const open = fs.promises.open.bind(fs.promises);
  fs.promises.open = async (...args) => {
    const handle = await open(...args);
    paths.set(handle, String(args[0]));
    return handle;
  };
  const promises = fs.promises as unknown as Record<string, Anything>;
  const handle = await open('/dev/null');
  const handles = Object.getPrototypeOf(handle) as Record<string, Anything>;
  await handle.close();
  const callbacks = fs as unknown as Record<string, Anything>;
  const wrap = (
    on: Record<string, Anything>,
    name: string,
    of: (self: object, args: unknown[]) => Omit<Call, 'go'>,
  ): void => {
    const original = on[name] as Anything;
    on[name] = function (this: object, ...args: unknown[]) {
      const go = (): unknown => Reflect.apply(original, this, args) as unknown;
      return around({ ...of(this, args), go });
    };
  };
  const fail = (error: Error): Promise<never> => Promise.reject(error);
  for (const name of MOVING) wrap(promises, name, () => ({ path: undefined, tear: undefined, fail }));
  for (const name of WRITING)
    wrap(promises, name, (_self, [path, data]) => ({
      path: String(path),
      tear: () => fs.appendFileSync(String(path), half(data)),
      fail,
    }));
  for (const name of ON_HANDLES)
    wrap(handles, name, (self, [data]) => ({
      path: paths.get(self),
      tear: name.endsWith('File')
        ? () => void fs.writeSync((self as { fd: number }).fd, half(data))
        : undefined,
      fail,
    }));
  for (const name of ON_CALLBACKS)
    wrap(callbacks, name, (_self, args) => ({
      path: undefined,
      tear: name === 'write' ? () => void fs.writeSync(args[0] as number, half(args[1])) : undefined,
      fail: (error) => process.nextTick(args.at(-1) as (error: Error) => void, error),
    }));
  syncBuiltinESMExports();
}

function half(data: unknown): Buffer {
  const bytes = Buffer.from(data as string);
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** Wraps the way to the keychain in the same manner. */
export function withKeychainFaults(launch: () => HelperProcess, fault: Fault): () => HelperProcess {
  let sent = 0;
  let answered = 0;
  return () => {
    const helper = launch();
    let tell: (answer: unknown) => void = () => undefined;
    return {
      ...helper,
      send: (message) => {
        sent += 1;
        if (fault.kind === 'keychain' && fault.when === 'before' && sent === fault.at) die();
        if (fault.kind === 'locked' && sent >= fault.at && sent < fault.at + fault.for) {
          setImmediate(() => tell(lockedAnswer(message as HelperRequest)));
          return;
        }
        helper.send(message);
        if (fault.kind === 'helper' && sent === fault.at) helper.kill();
      },
      onMessage: (listener) => {
        tell = listener;
        helper.onMessage((answer) => {
          answered += 1;
          if (fault.kind === 'keychain' && fault.when === 'after' && answered === fault.at) die();
          if (fault.kind === 'slow') setTimeout(() => listener(answer), (answered * 37) % 120);
          else listener(answer);
        });
      },
    };
  };
}

/** What a locked gnome-keyring says: that there is nothing to read or to delete, and to a write the truth. */
function lockedAnswer({ id, op }: HelperRequest): HelperAnswer {
  if (op === 'set') return { id, ok: false, message: 'Cannot create an item in a locked collection' };
  return { id, ok: true, result: op === 'get' ? null : false };
}
