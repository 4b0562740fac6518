import { vi } from 'vitest';

/**
 * `vi.waitFor` gives up after a second, which a busy machine needs to start a process. Waiting ends with the event; the
 * limit is for what never comes, as the tests' own limits are.
 */
const PATIENCE_MS = 30_000;

const { waitFor } = vi;
vi.waitFor = (callback, options = PATIENCE_MS) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options });
