import { helperChannel } from './helper-channel.js';
import { SERVICE, type HelperAnswer, type HelperRequest, type KeychainOp } from './helper-protocol.js';

// A process of its own around keytar, because keytar can crash (a locked keyring), hang (a prompt nobody answers) and
// block every file access of the process it hangs in. It knows nothing: it does what it is told, one call at a time.

type Keytar = typeof import('keytar');

let keytar: Keytar | undefined;

/** Loaded on the first call, so that a missing libsecret is an answer and not the end of the process. */
async function load(): Promise<Keytar> {
  if (keytar) return keytar;
  // A CommonJS module: under some loaders its functions stand under `default` alone.
  const loaded = (await import('keytar')) as Keytar & { default?: Keytar };
  return (keytar = loaded.default ?? loaded);
}

async function perform(keychain: Keytar, request: KeychainOp): Promise<string | boolean | null> {
  switch (request.op) {
    case 'get':
      return keychain.getPassword(SERVICE, request.account);
    case 'set':
      await keychain.setPassword(SERVICE, request.account, request.password);
      return null;
    case 'delete':
      return keychain.deletePassword(SERVICE, request.account);
  }
}

async function answer(request: HelperRequest): Promise<HelperAnswer> {
  const { id } = request;
  let keychain: Keytar;
  try {
    keychain = await load();
  } catch (error) {
    return { id, ok: false, addonMissing: true, message: messageOf(error) };
  }
  try {
    return { id, ok: true, result: await perform(keychain, request) };
  } catch (error) {
    return { id, ok: false, message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const channel = helperChannel();
channel.onMessage((message) => void answer(message as HelperRequest).then((reply) => channel.send(reply)));
