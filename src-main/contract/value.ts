import { z } from 'zod';

/**
 * A reference to one secret in the OS keychain (`sec-…`) or, under `secretStorage: 'session'`, in the memory of the
 * host (`ses-…`). It is the keychain's account name. A secret's value never changes: a replaced secret gets a new id.
 */
export const secretIdSchema = z
  .string()
  .regex(/^(sec|ses)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'is not the id of a secret');
export type SecretId = string;

/** Longest secret, in characters. Far above any token; low enough that one edit cannot exhaust the keychain. */
export const MAX_SECRET_LENGTH = 65_536;

// eslint-disable-next-line no-control-regex -- NUL is the very character this looks for
const NO_NUL = /^[^\u0000]*$/;

const plain = z.string().max(1_000_000).regex(NO_NUL, 'must not contain a NUL character');

const secretRef = z.strictObject({ secret: secretIdSchema });

const newSecret = z.strictObject({
  // Keychains cut a value at a NUL and refuse an empty one, so both are refused before they are lost.
  newSecret: z
    .string()
    .min(1, 'must not be empty')
    .max(MAX_SECRET_LENGTH, `must not be longer than ${MAX_SECRET_LENGTH} characters`)
    .regex(NO_NUL, 'must not contain a NUL character'),
});

/** A plain value, or a reference to one kept as a secret. */
export const valueSchema = z.union([plain, secretRef]);
export type Value = string | { secret: SecretId };

/** What may stand for a `Value` on input: `newSecret` is stored and answered back as `{ secret }`. */
export const valueInputSchema = z.union([plain, secretRef, newSecret]);
export type ValueInput = Value | { newSecret: string };

export function isSecretRef(value: unknown): value is { secret: SecretId } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 1 &&
    typeof (value as { secret?: unknown }).secret === 'string'
  );
}

export function isNewSecret(value: unknown): value is { newSecret: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 1 &&
    typeof (value as { newSecret?: unknown }).newSecret === 'string'
  );
}
