/**
 * npx and uvx ask their registry at each start whether there is something newer. A start that passes over that puts
 * the question off, but not for ever: after this time the runner itself is run once more.
 */
const TRUSTED_FOR_MS = 7 * 24 * 3_600_000;

/**
 * Whether something last confirmed at `at` (epoch ms) need not be asked for again yet. What was confirmed in the future
 * was so by a clock that was wrong, and might otherwise be trusted for years.
 */
export function isRecent(at: number, now: number): boolean {
  return Math.abs(now - at) < TRUSTED_FOR_MS;
}
