import { describe, expect, it, vi } from 'vitest';
import type { Lifecycle } from '../../../src-main/contract/index.js';
import { IdleWatch } from '../../../src-main/runtime/idle-watch.js';
import { isRecent } from '../../../src-main/runtime/launch/package-freshness.js';

const HOUR = 3_600_000;

describe('a clock that was set back', () => {
  it('does not make what was confirmed in the future trusted for years', () => {
    const now = Date.now();
    expect(isRecent(now - HOUR, now)).toBe(true);
    expect(isRecent(now + HOUR, now)).toBe(true);
    expect(isRecent(now + 10_000 * HOUR, now)).toBe(false);
  });

  it('does not keep an idle server running until the clock has caught up', () => {
    let now = 100 * HOUR;
    const stop = vi.fn();
    const watch = new IdleWatch({
      running: () => ['one'],
      lifecycle: () => ({ onDemand: true, idleMinutes: 10 }) as Lifecycle,
      stop,
      now: () => now,
    });
    watch.look();
    now -= 50 * HOUR;
    watch.look();
    now += HOUR;
    watch.look();
    expect(stop).toHaveBeenCalledOnce();
  });
});
