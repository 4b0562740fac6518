import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../src-main/runtime/metrics.js';
import {
  descendantsOf,
  parseProcStat,
  parsePsLine,
  parseWindowsLine,
  treeOf,
  type ProcessRow,
} from '../../../src-main/runtime/process/process-table.js';
import { ProcessTree } from '../../../src-main/runtime/process/process-tree.js';

const row = (pid: number, parent: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parent,
  group: pid,
  session: pid,
  started: `t${pid}`,
  cpuMs: 0,
  rssBytes: 1,
  ...more,
});
const pids = (rows: ProcessRow[]): number[] => rows.map(({ pid }) => pid).sort((a, b) => a - b);

describe('the process table', () => {
  it('is read from /proc whatever a process is called', () => {
    const rest = '7 42 43 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 98765 1000 25 18446744073709551615';
    expect(parseProcStat(`99 (a) b) c) S ${rest}`, 4_096)).toEqual({
      pid: 99,
      parent: 7,
      group: 42,
      session: 43,
      started: '98765',
      cpuMs: 2_000,
      rssBytes: 102_400,
    });
    expect(parseProcStat(`99 (dead) Z ${rest}`, 4_096)).toBeUndefined();
    expect(parseProcStat('', 4_096)).toBeUndefined();
  });

  it('is read from ps as macOS prints it', () => {
    expect(
      parsePsLine('  501     1   501      0  10240   1:02.50 Ss   Sat Nov 21 09:15:00 2026    '),
    ).toEqual({
      pid: 501,
      parent: 1,
      group: 501,
      session: 0,
      started: 'Sat Nov 21 09:15:00 2026',
      cpuMs: 62_500,
      rssBytes: 10_485_760,
    });
    expect(parsePsLine('1 0 1 0 1 2-03:04:05 S Sat Nov 21 09:15:00 2026')?.cpuMs).toBe(183_845_000);
    expect(parsePsLine('5 1 5 0 0 0:00.00 Z Sat Nov 21 09:15:00 2026')).toBeUndefined();
    expect(parsePsLine('')).toBeUndefined();
  });

  it('is read from Windows', () => {
    expect(parseWindowsLine('12,4,1048576,20000000,10000000,134000000000000000\r')).toMatchObject({
      pid: 12,
      parent: 4,
      rssBytes: 1_048_576,
      cpuMs: 3_000,
      started: '134000000000000000',
    });
    expect(parseWindowsLine('')).toBeUndefined();
  });
});

describe('a tree', () => {
  const table = [
    row(1, 0),
    row(10, 1),
    row(11, 10, { group: 10 }),
    row(12, 11),
    row(13, 1, { group: 10 }),
    row(14, 1, { group: 99, session: 10 }),
    row(15, 14),
    row(20, 1),
  ];

  it('is everything below, in the group, in the session, and below those', () => {
    expect(pids(treeOf(10, table))).toEqual([10, 11, 12, 13, 14, 15]);
    expect(pids(descendantsOf(table[1]!, table))).toEqual([10, 11, 12]);
  });

  it('is still found when its root is gone', () => {
    expect(pids(treeOf(10, table.slice(2)))).toEqual([11, 12, 13, 14, 15]);
  });

  it('keeps a member whose parents are gone, and drops a pid that was given out again', () => {
    const tree = new ProcessTree(10, 'mark');
    expect(pids(tree.closeMembers(table))).toEqual([10, 11, 12, 13, 14, 15]);
    const later = [row(1, 0), row(10, 1, { started: 'later' }), row(12, 1), row(15, 1, { started: 'later' })];
    expect(pids(tree.closeMembers(later))).toEqual([12]);
  });
});

describe('metrics', () => {
  function setUp() {
    const scene = {
      now: 1_000_000,
      table: [row(10, 1, { rssBytes: 100, cpuMs: 500 })],
      reads: 0,
      trees: new Map([['s', new ProcessTree(10, 'm')]]),
    };
    const sampled: string[] = [];
    const metrics = new Metrics({
      trees: () => scene.trees,
      sampled: (serverId, metric) => sampled.push(`${serverId} ${metric.cpuPercent} ${metric.rssBytes}`),
      table: async () => ((scene.reads += 1), scene.table),
      now: () => scene.now,
    });
    return { scene, metrics, sampled };
  }

  it('sum the tree, CPU as the share of the time passed', async () => {
    const { scene, metrics, sampled } = setUp();
    expect(await metrics.read('s')).toMatchObject([{ cpuPercent: 0, rssBytes: 100 }]);
    scene.now += 2_000;
    scene.table = [row(10, 1, { rssBytes: 150, cpuMs: 1_000 }), row(11, 10, { rssBytes: 50, cpuMs: 500 })];
    await metrics.tick();
    expect(await metrics.read('s')).toMatchObject([{}, { cpuPercent: 50, rssBytes: 200 }]);
    expect(sampled).toEqual(['s 0 100', 's 50 200']);
  });

  it('fall to nothing once when the server ends, and rise again', async () => {
    const { scene, metrics, sampled } = setUp();
    await metrics.read('s');
    const trees = scene.trees;
    scene.trees = new Map();
    for (let tick = 0; tick < 3; tick += 1) {
      scene.now += 2_000;
      await metrics.tick();
    }
    scene.trees = trees;
    scene.now += 2_000;
    await metrics.tick();
    expect(sampled).toEqual(['s 0 100', 's 0 0', 's 0 100']);
    expect((await metrics.read('s')).map(({ rssBytes }) => rssBytes)).toEqual([100, 0, 100]);
  });

  it('are taken every 2 s while somebody asks, else every 30 s', async () => {
    const { scene, metrics } = setUp();
    await metrics.read('s');
    const before = scene.reads;
    for (let passed = 0; passed < 10_000; passed += 2_000) {
      scene.now += 2_000;
      await metrics.tick();
    }
    expect(scene.reads - before).toBeGreaterThanOrEqual(4);
    const unwatched = scene.reads;
    for (let passed = 0; passed < 60_000; passed += 2_000) {
      scene.now += 2_000;
      await metrics.tick();
    }
    expect(scene.reads - unwatched).toBe(2);
  });

  it('leave servers alone that just start, and look at all of them at once from then on', async () => {
    const { scene, metrics, sampled } = setUp();
    scene.table.push(row(20, 1, { rssBytes: 50, cpuMs: 100 }));
    const late = async (seconds: number): Promise<void> => {
      for (let passed = 0; passed < seconds; passed += 2) {
        scene.now += 2_000;
        await metrics.tick();
      }
    };
    await late(4);
    scene.trees = new Map([...scene.trees, ['t', new ProcessTree(20, 'n')]]);
    expect(scene.reads).toBe(0);
    await late(10);
    expect(sampled).toEqual(['s 0 100', 't 0 50']);
    const before = scene.reads;
    await late(60);
    expect(scene.reads - before).toBe(2);
    expect(sampled).toHaveLength(6);
  });

  it('keep an hour', async () => {
    const { scene, metrics } = setUp();
    for (let passed = 0; passed < 2 * 3_600_000; passed += 30_000) {
      scene.now += 30_000;
      await metrics.tick();
    }
    const kept = await metrics.read('s');
    expect(kept.length).toBeGreaterThanOrEqual(119);
    expect(kept.length).toBeLessThanOrEqual(122);
    expect(Date.parse(kept[0]!.at)).toBeGreaterThanOrEqual(scene.now - 3_600_000);
  });
});
