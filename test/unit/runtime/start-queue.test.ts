import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StartQueue } from '../../../src-main/runtime/start-queue.js';

const FEW = availableParallelism() + 1;
const MANY = availableParallelism() * 8;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Starts that end when they are told to. */
function starts(queue: StartQueue, count: number) {
  const begun: (() => void)[] = [];
  for (let at = 0; at < count; at += 1)
    queue.add(() => new Promise<void>((resolve) => void begun.push(resolve)));
  return begun;
}

describe('servers that start by themselves', () => {
  it('start a few at a time while the processors are busy, in order and all of them', async () => {
    const queue = new StartQueue(() => 0);
    const begun = starts(queue, FEW + 2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(begun).toHaveLength(FEW);
    begun[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toHaveLength(FEW + 1);
    begun.slice(1).forEach((ready) => ready());
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toHaveLength(FEW + 2);
  });

  it('go ahead together where processors are idle, up to a limit', async () => {
    const queue = new StartQueue(() => 1);
    const begun = starts(queue, MANY + 5);
    expect(begun).toHaveLength(FEW);
    await vi.advanceTimersByTimeAsync(250);
    expect(begun).toHaveLength(FEW + 1);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(begun.length).toBeGreaterThan(FEW + 5);
    expect(begun.length).toBeLessThanOrEqual(MANY);
  });

  it('wait for none that takes its time', async () => {
    const queue = new StartQueue(() => 0);
    const begun = starts(queue, FEW * 2);
    await vi.advanceTimersByTimeAsync(2_999);
    expect(begun).toHaveLength(FEW);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toHaveLength(FEW * 2);
  });

  it('that fail give their place away', async () => {
    const queue = new StartQueue(() => 0);
    for (let at = 0; at < FEW; at += 1) queue.add(() => Promise.reject(new Error('no')));
    const begun = starts(queue, 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toHaveLength(1);
    begun[0]?.();
    await queue.settled();
  });

  it('are not begun any more once the app ends, and nothing goes on looking', async () => {
    const idle = vi.fn(() => 1);
    const queue = new StartQueue(idle);
    const begun = starts(queue, FEW + 3);
    queue.clear();
    idle.mockClear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(begun).toHaveLength(FEW);
    expect(idle).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
