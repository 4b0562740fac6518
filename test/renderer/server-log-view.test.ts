import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LogEntry } from '../../src-main/contract/index.js';
import { grewAtStart } from '../../src-renderer/screens/server/logs/log-window.js';
import { LogView } from '../../src-renderer/state/logs.svelte.js';
import { startSession } from '../../src-renderer/state/session.js';
import { FakeHost } from './fake-host.js';

const lines = (from: number, count: number): LogEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    seq: from + index,
    at: '',
    stream: 'stderr',
    text: `${from + index}`,
  }));

/** A log of 30,000 lines, opened. */
async function opened() {
  const host = new FakeHost();
  host.logs = lines(0, 30_000);
  onTestFinished(startSession(host));
  const log = new LogView('s');
  onTestFinished(log.open());
  await vi.waitFor(() => expect(log.entries.length).toBeGreaterThan(0));
  const tell = (from: number, count: number): void => {
    const entries = lines(from, count);
    host.logs = [...host.logs, ...entries];
    host.notify('log.appended', { serverId: 's', entries });
  };
  const ends = (): (number | undefined)[] => [log.entries[0]?.seq, log.entries.at(-1)?.seq];
  return { host, log, tell, ends };
}

describe('a log in the window', () => {
  it('begins at its end, and reads back as far as one scrolls', async () => {
    const { log, ends } = await opened();
    expect(ends()).toEqual([29_000, 29_999]);
    expect(await log.loadOlder()).toBe(1_000);
    expect(ends()).toEqual([28_000, 29_999]);
    expect(log.atStart).toBe(false);
  });

  it('keeps a bounded number of lines, the newest', async () => {
    const { log, tell, ends } = await opened();
    for (let from = 30_000; from < 60_000; from += 5_000) tell(from, 5_000);
    expect(ends()).toEqual([40_000, 59_999]);
    expect(log.entries).toHaveLength(20_000);
  });

  it('takes nothing away above what is read, and has no gap when the flood outgrows it', async () => {
    const { log, tell, ends } = await opened();
    log.hold(true);
    for (let from = 30_000; from < 120_000; from += 5_000) tell(from, 5_000);
    expect(ends()[0]).toBe(29_000);
    expect(log.entries.length).toBeLessThanOrEqual(66_000);
    expect(log.entries.every((entry, index) => entry.seq === 29_000 + index)).toBe(true);
    expect(log.newest).toBe(119_999);
    log.hold(false);
    await vi.waitFor(() => expect(ends()[1]).toBe(119_999));
    tell(120_000, 1);
    expect(ends()[1]).toBe(120_000);
  });

  it('takes what comes while the first page is read, each line once', async () => {
    const host = new FakeHost();
    host.logs = lines(0, 10);
    host.delay = 5;
    onTestFinished(startSession(host));
    const log = new LogView('s');
    onTestFinished(log.open());
    host.notify('log.appended', { serverId: 's', entries: lines(8, 4) });
    await vi.waitFor(() => expect(log.entries.map(({ seq }) => seq)).toEqual([...Array(12).keys()]));
  });

  it('tells lines put in front from any other change', () => {
    const [a, b] = [lines(0, 5), lines(5, 5)];
    expect(grewAtStart(b, [...a, ...b])).toBe(true);
    expect(grewAtStart(a, [...a, ...b])).toBe(false);
    expect(grewAtStart([], a)).toBe(false);
    expect(grewAtStart([...a, ...b], b)).toBe(false);
  });
});
