/**
 * Every method a finding of the doctor may offer to call. None of them is beyond undoing: the fetch puts into the cache
 * of npx or uv what the server's next start would put there, and only where that start may run.
 */
export const FIX_METHODS = [
  'environment.refresh',
  'package.fetch',
  'run.restart',
  'server.update',
  'settings.update',
] as const;

/** What one click does about a finding: this method with these parameters, as any caller may send them. */
export type FixAction = { label: string } & (
  | { method: 'environment.refresh'; params: Record<string, never> }
  | { method: 'package.fetch'; params: { serverId: string } }
  | { method: 'run.restart'; params: { serverId: string } }
  /** With the revision that was examined, so that an edit made meanwhile is not overwritten. */
  | {
      method: 'server.update';
      params: { id: string; revision: number; patch: Record<string, unknown> };
    }
  | { method: 'settings.update'; params: { patch: Record<string, unknown> } }
);

// Keeps the list and the shapes true to each other.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const fixMethodsAreTrue: Same<FixAction['method'], (typeof FIX_METHODS)[number]> = true;
