import type { LinkTools, ToolRefresh } from '../../../../src-main/contract/index.js';

export type ComparedTools = {
  /** The remote could ask the server what it offers now. */
  isKnown: boolean;
  isEqual: boolean;
  /** Offered now and not registered. */
  missing: string[];
  /** Registered and not offered any more. */
  gone: string[];
};

export function compareTools({ registered, live }: LinkTools): ComparedTools {
  if (!live) return { isKnown: false, isEqual: false, missing: [], gone: [] };
  const missing = live.filter((name) => !registered.includes(name));
  const gone = registered.filter((name) => !live.includes(name));
  return { isKnown: true, isEqual: missing.length + gone.length === 0, missing, gone };
}

/** What a refresh changed, in a sentence. */
export function refreshWords({ added, updated, deleted, toolCount }: ToolRefresh): string {
  const parts = [
    added.length > 0 ? `added ${added.join(', ')}` : '',
    updated.length > 0 ? `updated ${updated.join(', ')}` : '',
    deleted.length > 0 ? `took away ${deleted.join(', ')}` : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) return `The refresh ${parts.join('; ')}.`;
  if (toolCount === 0) return 'The gateway is connected and still sees no tools.';
  return 'Nothing was new.';
}
