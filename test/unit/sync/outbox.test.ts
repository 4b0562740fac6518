import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredLink } from '../../../src-main/contract/index.js';
import { Outbox } from '../../../src-main/sync/outbox.js';

/** A wish for remote "r" that is due now. */
const due = (): StoredLink => {
  const now = new Date().toISOString();
  return {
    id: 'l',
    serverId: 's',
    remoteId: 'r',
    remoteName: 'a',
    state: 'queued',
    outbox: { since: now, attempts: 1, nextAt: now },
  };
};

describe('the outbox', () => {
  const unhandled = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    process.on('unhandledRejection', unhandled);
  });
  afterEach(() => {
    vi.useRealTimers();
    process.off('unhandledRejection', unhandled);
    unhandled.mockClear();
  });

  it('does not try without end what could not even be noted', async () => {
    const deliver = vi.fn(() => Promise.reject(new Error('no space left')));
    const links = [due()];
    const outbox = new Outbox(() => links, deliver);
    outbox.schedule('r');
    await vi.advanceTimersByTimeAsync(14_000);
    expect(deliver).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(deliver).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
    // Somebody has to hear of it: the host's own watch for faults does.
    await vi.waitFor(() => expect(unhandled).toHaveBeenCalled());
    outbox.dispose();
  });

  it('wakes up for the first of those that wait, and for none after its end', async () => {
    const deliver = vi.fn(() => Promise.resolve());
    let links = [due()];
    const outbox = new Outbox(() => links, deliver);
    links[0]!.outbox!.nextAt = new Date(Date.now() + 5_000).toISOString();
    outbox.schedule('r');
    await vi.advanceTimersByTimeAsync(4_900);
    expect(deliver).not.toHaveBeenCalled();
    deliver.mockImplementation(() => {
      links = [];
      return Promise.resolve();
    });
    await vi.advanceTimersByTimeAsync(200);
    expect(deliver).toHaveBeenCalledExactlyOnceWith('r', ['l']);
    links = [due()];
    outbox.schedule('r');
    outbox.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(deliver).toHaveBeenCalledOnce();
  });
});
