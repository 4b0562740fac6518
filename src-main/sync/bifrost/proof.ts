import { randomBytes } from 'node:crypto';
import type { Desired, Entry } from '../remote-adapter.js';
import type { FieldDifference } from '../three-way.js';
import { redact } from './redaction.js';

/** Changes after which the gateway would show the same redaction as before. */
export function unseenChanges(changes: readonly FieldDifference[], entry: Entry): FieldDifference[] {
  return changes.filter(({ key, local }) => {
    const now = entry.cells.get(key);
    return now && 'mask' in now && typeof local?.value === 'string' && redact(local.value) === now.mask;
  });
}

/**
 * The same client with those values shown differently: a URL gets a fragment, which is never sent to the server it
 * names; a header is left out for the moment between two requests.
 */
export function proofDesired(desired: Desired, unseen: readonly FieldDifference[]): Desired {
  const cells = new Map(desired.cells);
  for (const { key, local } of unseen) {
    if (key === 'transport.url' && local)
      cells.set(key, { ...local, value: `${String(local.value)}#${randomBytes(4).toString('hex')}` });
    else cells.delete(key);
  }
  return { ...desired, cells };
}
