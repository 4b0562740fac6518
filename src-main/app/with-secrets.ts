import type { Catalog } from '../catalog/catalog.js';
import type { SecretId } from '../contract/index.js';
import { secretIdsOf, type Vault } from '../vault/vault.js';

/** Every secret that a server or remote refers to now. */
export function referredSecrets({ servers, remotes }: Pick<Catalog, 'servers' | 'remotes'>): Set<SecretId> {
  return new Set([...servers(), ...remotes()].flatMap((one) => [...secretIdsOf(one)]));
}

type Records = { from: readonly unknown[]; to: readonly unknown[] };

/**
 * Puts earlier records in the place of others, with their secrets: those come back first, then `write` is called, and
 * what nothing refers to any more goes last.
 * @throws what `write` throws; AppError `keychain_unavailable`, `io`. Nothing is changed then
 */
export async function withSecrets<T>(
  { catalog, vault }: { catalog: Catalog; vault: Vault },
  { from, to }: Records,
  write: () => Promise<T>,
): Promise<T> {
  const idsOf = (records: readonly unknown[]): SecretId[] => records.flatMap((one) => [...secretIdsOf(one)]);
  const referred = referredSecrets(catalog);
  const kept = new Set(idsOf(to));
  const revived = await vault.revive([...kept].filter((id) => !referred.has(id)));
  let result: T;
  try {
    await vault.condemn(idsOf(from).filter((id) => !kept.has(id)));
    result = await write();
  } catch (error) {
    await revived.rollback();
    throw error;
  }
  await revived.commit();
  const still = referredSecrets(catalog);
  await vault.remove(idsOf(from).filter((id) => !still.has(id)));
  return result;
}
