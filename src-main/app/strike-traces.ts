import type { Exposed } from '../catalog/catalog.js';
import type { Parts } from './parts.js';

/**
 * A run that was cut off, or whose disk was full, may have left values of secrets in the history, the backups and the
 * logs. One that the keychain does not show now is looked for again at the next start.
 */
export async function strikeTraces({
  catalog,
  vault,
  runtime,
}: Pick<Parts, 'catalog' | 'vault'> & { runtime: Pick<Parts['runtime'], 'strikeLog'> }): Promise<void> {
  const exposed: Exposed[] = [];
  for (const { kind, id, secret } of catalog.traces) {
    const value = await vault.resolve({ secret }).catch(() => undefined);
    if (value !== undefined) exposed.push({ kind, id, secret, value });
  }
  if (exposed.length === 0) return;
  await catalog.strikeTraces(exposed);
  for (const { kind, id } of exposed) if (kind === 'servers') await runtime.strikeLog(id);
}
