import { describe, expect, it } from 'vitest';
import { torture } from '../torture/torture.js';

describe.skipIf(process.platform !== 'linux')('catalog and vault together', () => {
  it('lose no acknowledged edit and leave no orphan, wherever they are killed', async () => {
    const seed = Date.now() % 1_000_000_000;
    const { rounds, acknowledged, lost, torn, orphans, leaks, bugs } = await torture({ rounds: 12, seed });
    const wrong = [...lost, ...torn, ...orphans, ...leaks, ...bugs];
    expect(wrong, `npm run torture -- --rounds 12 --seed ${seed}`).toEqual([]);
    expect(rounds).toBe(12);
    expect(acknowledged).toBeGreaterThan(0);
  }, 120_000);
});
