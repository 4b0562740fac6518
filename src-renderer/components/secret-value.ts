import type { ValueInput } from '../../src-main/contract/index.js';

// The contract's own guards come with zod; these three need none of it.
export const isKept = (value: ValueInput): value is { secret: string } =>
  typeof value === 'object' && 'secret' in value;
export const isFresh = (value: ValueInput): value is { newSecret: string } =>
  typeof value === 'object' && 'newSecret' in value;
export const isPlain = (value: ValueInput): value is string => typeof value === 'string';
