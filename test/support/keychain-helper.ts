import type { HelperProcess } from '../../src-main/vault/keychain.js';
import { launchNodeHelper } from '../../src-main/vault/node-helper.js';
import { bundleForNode } from './bundle.js';

export const KEYCHAIN_HELPER = 'src-main/vault/keychain-helper.ts';

/** The real keychain helper, bundled from its source, as `Vault.open` wants it. */
export async function keychainHelper(env?: NodeJS.ProcessEnv): Promise<() => HelperProcess> {
  const path = await bundleForNode(KEYCHAIN_HELPER);
  return () => launchNodeHelper(path, env);
}
