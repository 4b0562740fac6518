import type { ServerInput } from '../../../src-main/contract/index.js';
import { planImport } from '../../../src-main/interchange/import/import-plan.js';
import { readPasted } from '../../../src-main/interchange/paste/paste.js';

export type Pasted = { name: string; transport: ServerInput['transport']; warnings: string };

/** The servers that a text is understood as, as an import would add them. */
export function read(text: string): Pasted[] {
  const { planned } = planImport(readPasted(text), [], 'salt');
  return planned
    .filter(({ item }) => item.action === 'add')
    .map(({ item, read: { transport } }) => ({
      name: item.name,
      transport,
      warnings: item.warnings.join('\n'),
    }));
}
