import type { Health } from '../../state/remote-health.svelte.js';

export type HealthWords = { mark: 'ok' | 'bad' | 'unknown'; words: string };

/** How a remote was when it was asked last. One that answers "not you" is there, and that is another thing to mend. */
export function healthWords({ test, problem }: Health): HealthWords {
  if (test?.ok) return { mark: 'ok', words: 'Reachable' };
  const codes = [problem?.code, ...(test?.problems ?? []).map(({ code }) => code)];
  if (codes.includes('remote_unauthorized')) return { mark: 'bad', words: 'Sign-in refused' };
  if (test || problem) return { mark: 'bad', words: 'Not reachable' };
  return { mark: 'unknown', words: 'Not asked yet' };
}
