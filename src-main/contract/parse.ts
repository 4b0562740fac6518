import type { z } from 'zod';
import type { Issue } from './errors.js';

/** `wrong_shape`: JSON-RPC's -32602. `invalid`: the right shape with a value that cannot be (-32000, code `invalid`). */
export type Fault = { kind: 'wrong_shape' | 'invalid'; issues: Issue[] };

const SHAPE_CODES = new Set([
  'invalid_type',
  'unrecognized_keys',
  'invalid_union',
  'invalid_value',
  'invalid_key',
]);

type RawIssue = z.core.$ZodIssue;

/**
 * A union's own message says only "Invalid input". Its best branch, the one that got furthest, says what is wrong.
 */
function flatten(issue: RawIssue): RawIssue[] {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (branch: RawIssue[]): number =>
      Math.max(0, ...branch.map((inner) => inner.path.length)) +
      (branch.some((inner) => inner.code !== 'invalid_type') ? 0.5 : 0);
    const best = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
    return best
      .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as RawIssue)
      .flatMap(flatten);
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) => ({ ...issue, path: [...issue.path, key], message: 'is not a field here' }) as RawIssue,
    );
  if (issue.code === 'invalid_key' && issue.issues.length > 0)
    return issue.issues.map((inner) => ({ ...inner, path: issue.path }) as RawIssue);
  return [issue];
}

/** Parses anything that came from outside. `under` is put before every path. */
export function parse<S extends z.ZodType>(
  schema: S,
  input: unknown,
  under: PropertyKey[] = [],
): { ok: true; value: z.output<S> } | { ok: false; fault: Fault } {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const flat = result.error.issues.flatMap((issue) => flatten(issue));
  return {
    ok: false,
    fault: {
      kind: flat.some((issue) => SHAPE_CODES.has(issue.code)) ? 'wrong_shape' : 'invalid',
      issues: flat.map((issue) => ({
        path: [...under, ...issue.path].map(String).join('.'),
        message: issue.message,
      })),
    },
  };
}

/** `path: message; path: message`, for a sentence. */
export function describeIssues(issues: Issue[]): string {
  return issues.map((issue) => (issue.path ? `${issue.path} ${issue.message}` : issue.message)).join('; ');
}
