import type { Metric } from '../contract/index.js';
import type { ProcessTree } from './process/process-tree.js';
import { processTable, type ProcessRow } from './process/process-table.js';

/** Between samples while somebody asks, and while nobody does. */
export const WATCHED_MS = 2_000;
export const UNWATCHED_MS = 30_000;
/** Asking keeps a server watched for this long. */
const WATCH_LASTS_MS = 10_000;
/** A start has better use for the processors than being measured; whoever watches sees it all the same. */
const FIRST_AFTER_MS = 5_000;
const HISTORY_MS = 3_600_000;

export type MetricsPorts = {
  /** The trees that run now, by server. */
  trees(): Map<string, ProcessTree>;
  sampled(serverId: string, metric: Metric): void;
  table?(): Promise<readonly ProcessRow[]>;
  now?(): number;
};

type Series = { metrics: Metric[]; watchedUntil: number; sampledAt: number; cpu: Map<string, number> };

/** CPU and memory of each server's whole tree over the last hour. One look at the process table serves all. */
export class Metrics {
  readonly #series = new Map<string, Series>();
  #timer: NodeJS.Timeout | undefined;
  #sampling = false;

  constructor(private readonly ports: MetricsPorts) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.tick(), WATCHED_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The last hour, oldest first. Asking is watching: samples then come every 2 s. */
  async read(serverId: string): Promise<Metric[]> {
    const series = this.#of(serverId);
    const watched = series.watchedUntil > this.#now();
    series.watchedUntil = this.#now() + WATCH_LASTS_MS;
    if (!watched) await this.tick();
    return [...series.metrics];
  }

  forget(serverId: string): void {
    this.#series.delete(serverId);
  }

  /** Takes a sample of every server whose time has come. */
  async tick(): Promise<void> {
    if (this.#sampling) return;
    this.#sampling = true;
    try {
      const trees = this.ports.trees();
      this.#noteEnds(trees);
      const passed = new Map([...trees].map(([serverId]) => [serverId, this.#passed(this.#of(serverId))]));
      if (![...passed.values()].some((part) => part >= 1)) return;
      // Those that would be due before long come along, and stay together from then on.
      const due = [...trees].filter(([serverId]) => (passed.get(serverId) ?? 0) >= 0.5);
      const table = await (this.ports.table ?? processTable)();
      for (const [serverId, tree] of due) this.#sample(serverId, tree.closeMembers(table));
    } catch {
      // No table this time (the system was too busy to answer); the next tick asks again.
    } finally {
      this.#sampling = false;
    }
  }

  /** A server that ended uses nothing: the plot of one that keeps crashing shows each end. */
  #noteEnds(trees: ReadonlyMap<string, ProcessTree>): void {
    for (const [serverId, series] of this.#series) {
      const last = series.metrics.at(-1);
      if (trees.has(serverId) || !last || last.rssBytes === 0) continue;
      series.cpu = new Map();
      const metric = { at: new Date(this.#now()).toISOString(), cpuPercent: 0, rssBytes: 0 };
      series.metrics.push(metric);
      this.ports.sampled(serverId, metric);
    }
  }

  /** Which part of the time between two samples has passed: due at 1. */
  #passed(series: Series): number {
    const every = series.watchedUntil > this.#now() ? WATCHED_MS : UNWATCHED_MS;
    // Timers are not exact; half a tick's grace keeps a sample from slipping to the next one. A clock that was set back
    // must not keep it waiting until it has caught up.
    return Math.abs(this.#now() - series.sampledAt) / (every - WATCHED_MS / 2);
  }

  #sample(serverId: string, rows: readonly ProcessRow[]): void {
    if (rows.length === 0) return;
    const series = this.#of(serverId);
    const now = this.#now();
    const cpu = new Map(rows.map((row) => [`${row.pid}:${row.started}`, row.cpuMs]));
    let usedMs = 0;
    for (const [process, total] of cpu) usedMs += Math.max(0, total - (series.cpu.get(process) ?? 0));
    const passed = now - series.sampledAt;
    // Without an earlier look nothing can be said about the CPU of this moment.
    const known = series.cpu.size > 0 && passed > 0;
    const metric: Metric = {
      at: new Date(now).toISOString(),
      cpuPercent: known ? Math.round((usedMs / passed) * 1_000) / 10 : 0,
      rssBytes: rows.reduce((sum, row) => sum + row.rssBytes, 0),
    };
    series.cpu = cpu;
    series.sampledAt = now;
    series.metrics.push(metric);
    const oldest = now - HISTORY_MS;
    while (Date.parse(series.metrics[0]!.at) < oldest) series.metrics.shift();
    this.ports.sampled(serverId, metric);
  }

  #of(serverId: string): Series {
    let series = this.#series.get(serverId);
    if (!series) {
      const sampledAt = this.#now() - UNWATCHED_MS + FIRST_AFTER_MS;
      series = { metrics: [], watchedUntil: 0, sampledAt, cpu: new Map() };
      this.#series.set(serverId, series);
    }
    return series;
  }

  #now(): number {
    return this.ports.now?.() ?? Date.now();
  }
}
