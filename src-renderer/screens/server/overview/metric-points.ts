import type { Metric } from '../../../../src-main/contract/index.js';

const HISTORY_MS = 3_600_000;

/** Adds samples to a series: in order of time, none twice, none older than an hour before the newest. */
export function joinMetrics(known: readonly Metric[], fresh: readonly Metric[]): Metric[] {
  const byTime = new Map([...known, ...fresh].map((metric) => [Date.parse(metric.at), metric]));
  const times = [...byTime.keys()].filter(Number.isFinite).sort((a, b) => a - b);
  const oldest = (times.at(-1) ?? 0) - HISTORY_MS;
  return times.filter((time) => time >= oldest).map((time) => byTime.get(time) as Metric);
}

export type PlotData = [times: number[], values: (number | null)[]];

/** How steep a start is drawn, in seconds. */
const STEP_S = 0.1;
/** Longer without a sample means that it did not run: the line is broken there. */
const GAP_S = 75;

/** One series as uPlot takes it: seconds, values, `null` where the line breaks. */
export function plotData(metrics: readonly Metric[], valueOf: (metric: Metric) => number): PlotData {
  const data: PlotData = [[], []];
  let wasEnded = false;
  for (const metric of metrics) {
    const time = Date.parse(metric.at) / 1_000;
    const last = data[0].at(-1);
    if (last !== undefined && time - last > GAP_S) {
      data[0].push(last + 1);
      data[1].push(null);
    } else if (last !== undefined && wasEnded && metric.rssBytes > 0 && time - last > STEP_S) {
      // Nothing ran up to here: a slope would show what never was.
      data[0].push(time - STEP_S);
      data[1].push(0);
    }
    wasEnded = metric.rssBytes === 0;
    data[0].push(time);
    data[1].push(valueOf(metric));
  }
  return data;
}
