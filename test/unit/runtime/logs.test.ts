import { mkdtemp, readdir, readFile, rm, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../../src-main/contract/index.js';
import { LineSplitter } from '../../../src-main/runtime/log/line-splitter.js';
import { LogBook, RING_LINES } from '../../../src-main/runtime/log/log-book.js';
import { LogFile, parseLogLine } from '../../../src-main/runtime/log/log-file.js';

describe('the line splitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(40)), (lines, cuts) => {
        const clean = lines.map((line) => line.replace(/[\r\n]/g, ''));
        const bytes = Buffer.from(clean.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter();
        const found: string[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...splitter.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        expect([...found, ...splitter.end()]).toEqual(clean);
      }),
    );
  });

  it('cuts a long line visibly and goes on with the next', () => {
    const splitter = new LineSplitter(10, '…');
    expect(splitter.push(Buffer.from('0123456789'))).toEqual([]);
    expect(splitter.push(Buffer.from('abc\nnext\r\n0123456789abc'))).toEqual(['0123456789…', 'next']);
    expect(splitter.end()).toEqual(['0123456789…']);
    expect(splitter.end()).toEqual([]);
  });
});

describe('the log book', () => {
  const told: { entries: LogEntry[]; dropped: number }[] = [];
  const kept: LogEntry[] = [];
  const book = (redact = (text: string) => text): LogBook =>
    new LogBook(
      {
        redact,
        appended: (entries, dropped) => told.push({ entries, dropped }),
        keep: (entries) => kept.push(...entries),
      },
      1,
    );
  beforeEach(() => {
    told.length = 0;
    kept.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

  it('tells in batches, at most every 50 ms', () => {
    const log = book();
    log.add('stderr', ['a']);
    log.add('stdout', ['b', 'c']);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(told).toHaveLength(1);
    expect(told[0]!.entries.map(({ seq, stream, text }) => [seq, stream, text])).toEqual([
      [1, 'stderr', 'a'],
      [2, 'stdout', 'b'],
      [3, 'stdout', 'c'],
    ]);
    vi.advanceTimersByTime(500);
    expect(told).toHaveLength(1);
  });

  it('tells the newest of a flood and counts the rest, and keeps all', () => {
    const log = book();
    for (let part = 0; part < 4; part += 1) log.add('stderr', many(400));
    vi.advanceTimersByTime(50);
    expect(told[0]!.entries).toHaveLength(500);
    expect(told[0]!.dropped).toBe(1_100);
    expect(told[0]!.entries.at(-1)!.seq).toBe(1_600);
    expect(kept).toHaveLength(1_600);
  });

  it('holds a bounded number of lines, and of characters', () => {
    const log = book();
    log.add('stderr', many(RING_LINES + 5));
    expect(log.firstSeq).toBe(6);
    for (let index = 0; index < 20; index += 1) log.add('stderr', ['x'.repeat(1_000_000)]);
    expect(log.read({ limit: 100 }).length).toBeLessThan(12);
  });

  it('redacts before anything is kept or told, over line breaks too', () => {
    const log = book((text) => text.replaceAll('first\nsecond', '••••'));
    log.add('stderr', ['key: first', 'second', 'end']);
    vi.advanceTimersByTime(50);
    expect(kept.map((entry) => entry.text)).toEqual(['key: ••••', 'end']);
    expect(JSON.stringify([told, log.read({ limit: 10 })])).not.toContain('second');
  });

  it('pages backwards and searches without regard to case', () => {
    const log = book();
    log.add('stderr', ['One', 'two', 'ONE more', 'three']);
    expect(log.read({ limit: 2 }).map((entry) => entry.seq)).toEqual([3, 4]);
    expect(log.read({ limit: 2, before: 3 }).map((entry) => entry.seq)).toEqual([1, 2]);
    expect(log.read({ limit: 9, search: 'one' }).map((entry) => entry.seq)).toEqual([1, 3]);
    expect(log.tail('stderr', 1, 0)).toEqual(['three']);
  });
});

describe('the log file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jackfield-log-'));
    file = path.join(folder, 'logs', 'x.log');
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const entries = (from: number, to: number, text = 'line'): LogEntry[] =>
    Array.from({ length: to - from + 1 }, (_, index) => ({
      seq: from + index,
      at: '2026-01-01T00:00:00.000Z',
      stream: 'stderr',
      text: `${text} ${from + index}\twith tab`,
    }));
  const seqs = (found: LogEntry[]): number[] => found.map((entry) => entry.seq);

  it('reads back what was written, newest first', async () => {
    const log = new LogFile(file, () => 1e9);
    log.add(entries(1, 3000));
    expect(seqs(await log.readBackwards({ before: Infinity, limit: 2 }))).toEqual([3000, 2999]);
    expect(seqs(await log.readBackwards({ before: 3, limit: 5 }))).toEqual([2, 1]);
    const [found] = await log.readBackwards({ before: Infinity, limit: 1, search: 'LINE 77\t' });
    expect(found).toEqual(entries(77, 77)[0]);
  });

  it('reads lines longer than a block', async () => {
    const log = new LogFile(file, () => 1e9);
    const long = { ...entries(2, 2)[0]!, text: 'ü'.repeat(700_000) };
    log.add([...entries(1, 1), long, ...entries(3, 3)]);
    const found = await log.readBackwards({ before: Infinity, limit: 9 });
    expect(found).toEqual([...entries(3, 3), long, ...entries(1, 1)]);
    expect(new LogFile(file, () => 1e9).lastSeq).toBe(3);
  });

  it('rotates by size, keeps three files, reads through all of them', async () => {
    const log = new LogFile(file, () => 12_000);
    for (let from = 1; from <= 2_000; from += 100) {
      log.add(entries(from, from + 99));
      await log.flush();
    }
    expect((await readdir(path.dirname(file))).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2']);
    const found = seqs(await log.readBackwards({ before: Infinity, limit: 10_000 }));
    expect(found[0]).toBe(2_000);
    expect(found.length).toBeGreaterThan(300);
    expect(found).toEqual(found.map((_seq, index) => 2_000 - index));
  });

  it('numbers on after a restart, and survives a torn last line', async () => {
    const first = new LogFile(file, () => 1e9);
    first.add(entries(1, 5));
    await first.flush();
    await appendFile(file, '6\t2026-01-01T00:00:00.000Z\tstd');
    const second = new LogFile(file, () => 1e9);
    expect(second.lastSeq).toBe(5);
    second.add(entries(6, 6));
    expect(seqs(await second.readBackwards({ before: Infinity, limit: 2 }))).toEqual([6, 5]);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(8);
  });

  it('tells once when it cannot write, and holds nobody up', async () => {
    const problems: unknown[] = [];
    const log = new LogFile(
      file,
      () => 1e9,
      (error) => problems.push(error),
    );
    await rm(folder, { recursive: true });
    log.add(entries(1, 2));
    await log.flush();
    expect(problems).toHaveLength(1);
  });

  it('knows its own lines from others', () => {
    expect(parseLogLine('7\t2026-01-01T00:00:00.000Z\tstdout\ta\tb')).toMatchObject({ seq: 7, text: 'a\tb' });
    for (const line of ['', 'x', '1\t2\t3', 'x\ty\tstderr\tz', '1\tt\tother\tz'])
      expect(parseLogLine(line)).toBeUndefined();
  });
});
