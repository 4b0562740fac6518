import type { RemoteKind } from '../../../src-main/contract/index.js';

export const KIND_WORDS: Record<RemoteKind, string> = { letta: 'Letta', bifrost: 'Bifrost' };
