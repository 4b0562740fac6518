import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Watch } from '../../../src-main/sync/watch.js';

const MINUTE = 60_000;
let looks: string[];
let isOn: boolean;
let look: (remoteId: string) => Promise<void>;
let watch: Watch;

beforeEach(() => {
  vi.useFakeTimers();
  looks = [];
  isOn = true;
  look = () => Promise.resolve();
  watch = new Watch({
    isOn: () => isOn,
    remotes: () => ['a', 'b'],
    look: (remoteId) => {
      looks.push(remoteId);
      return look(remoteId);
    },
  });
});
afterEach(() => {
  watch.dispose();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('how often remotes are asked', () => {
  it('every minute while somebody looks', async () => {
    watch.setAttended(true);
    watch.begin();
    await pass(MINUTE - 1);
    expect(looks).toEqual([]);
    await pass(1);
    expect(looks).toEqual(['a', 'b']);
    await pass(3 * MINUTE);
    expect(looks).toHaveLength(8);
  });

  it('every minute also when the clock is set back', async () => {
    watch.begin();
    await pass(30_000);
    vi.setSystemTime(Date.now() - 10 * 24 * 60 * MINUTE);
    watch.setAttended(true);
    await pass(MINUTE);
    expect(looks).toEqual(['a', 'b']);
  });

  it('every quarter of an hour while nobody does, which is how it begins', async () => {
    watch.begin();
    await pass(15 * MINUTE - 1);
    expect(looks).toEqual([]);
    await pass(1);
    expect(looks).toHaveLength(2);
    await pass(60 * MINUTE);
    expect(looks).toHaveLength(10);
  });

  it('at once when a window opens after the minute has passed, and not before', async () => {
    watch.begin();
    await pass(30_000);
    watch.setAttended(true);
    await pass(29_999);
    expect(looks).toEqual([]);
    await pass(1);
    expect(looks).toHaveLength(2);
    watch.setAttended(false);
    await pass(5 * MINUTE);
    expect(looks).toHaveLength(2);
    watch.setAttended(true);
    await pass(0);
    expect(looks).toHaveLength(4);
  });

  it('a window that opens and closes all the time keeps nothing from being asked, nor makes it asked more', async () => {
    watch.setAttended(true);
    watch.begin();
    for (let count = 0; count < 60; count += 1) {
      await pass(10_000);
      watch.setAttended(count % 2 === 1);
    }
    // Ten minutes: at the latest ten seconds after each minute somebody is looking again.
    expect(looks.length / 2).toBeGreaterThanOrEqual(8);
    expect(looks.length / 2).toBeLessThanOrEqual(10);
  });

  it('never while it is off, and again once it is on', async () => {
    isOn = false;
    watch.setAttended(true);
    watch.begin();
    await pass(60 * MINUTE);
    expect(looks).toEqual([]);
    isOn = true;
    await pass(MINUTE);
    expect(looks).toHaveLength(2);
  });

  it('a remote that does not answer is not asked twice at a time, and one that fails stops nobody', async () => {
    let answer = (): void => undefined;
    look = (remoteId) =>
      remoteId === 'a' ? new Promise((resolve) => (answer = resolve)) : Promise.reject(new Error('away'));
    watch.setAttended(true);
    watch.begin();
    await pass(10 * MINUTE);
    expect(looks).toEqual(['a', 'b']);
    watch.setAttended(false);
    watch.setAttended(true);
    await pass(MINUTE);
    expect(looks).toHaveLength(2);
    answer();
    await pass(0);
    expect(looks).toHaveLength(4);
  });

  it('not before it was begun, nor after its end', async () => {
    watch.setAttended(true);
    await pass(60 * MINUTE);
    expect(looks).toEqual([]);
    watch.begin();
    watch.dispose();
    watch.setAttended(false);
    watch.setAttended(true);
    await pass(60 * MINUTE);
    expect(looks).toEqual([]);
  });
});
