import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepPace } from '../../../src-main/hosts/browser/pace.js';

describe('the pace of a peer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const peerOf = () => ({ pause: vi.fn(), resume: vi.fn() });
  const times = (count: number, act: () => void): void => {
    for (let time = 0; time < count; time += 1) act();
  };

  it('holds up nobody who sends less than a flood', () => {
    const peer = peerOf();
    const note = keepPace(peer);
    for (let second = 0; second < 5; second += 1) {
      times(4_999, note);
      vi.advanceTimersByTime(1_000);
    }
    expect(peer.pause).not.toHaveBeenCalled();
  });

  it('reads a flood no further until its second is over, and then reads on', () => {
    const peer = peerOf();
    const note = keepPace(peer);
    times(10, note);
    vi.advanceTimersByTime(400);
    // What had been read already still comes after the pause.
    times(6_000, note);
    expect(peer.pause).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(599);
    expect(peer.resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(peer.resume).toHaveBeenCalledOnce();
    times(5_000, note);
    expect(peer.pause).toHaveBeenCalledTimes(2);
  });
});
