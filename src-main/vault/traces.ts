import type { SecretId } from '../contract/index.js';

/**
 * Files in which values of secrets still stand that came there before they were secrets. Whoever keeps the files knows
 * that there is one, and not what it looks like; whoever keeps the secrets can say that, until the secret is deleted.
 */
export type Traces = {
  /** Secrets whose values may still stand there. */
  open(): readonly SecretId[];
  /**
   * Takes values out. A secret is open no more when that is done, or when it is seen that there is nothing to do.
   * @param values `null`: it is known that nobody has the value any more. @throws never for what the disk refuses
   */
  strike(values: ReadonlyMap<SecretId, string | null>): Promise<void>;
};

export const NO_TRACES: Traces = { open: () => [], strike: () => Promise.resolve() };
