import { readFile } from 'node:fs/promises';
import { Host } from '../support/host.js';
import { startFloodingServer } from './flooding-server.js';
import type { Figure } from './report.js';
import { quantile, timed } from './stats.js';

const LINES = 200_000;

/** A server floods its stderr: how long others wait for an answer, and what it costs in memory. */
export async function floodFigures(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  await using host = await Host.start();
  const serverId = await startFloodingServer(host);
  const before = await peakMb(host.ready.pid);
  const call = { serverId, name: 'flood', arguments: { lines: LINES } };
  let flooding = true;
  const flood = timed(async () => {
    await host.client.call('tool.call', call);
    const last = { serverId, limit: 1, search: `line ${LINES} of` };
    while ((await host.client.call('run.logs', last)).entries.length === 0);
  }).finally(() => (flooding = false));
  const waits: number[] = [];
  while (flooding) {
    waits.push(await timed(() => host.client.call('app.info', {})));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const took = await flood;
  return [
    {
      name: `app.info during ${LINES} stderr lines, p99`,
      value: quantile(waits, 0.99),
      unit: 'ms',
      goal: { atMost: 50 },
      detail: `${waits.length} asked; all lines were in after ${took.toFixed(0)} ms`,
    },
    {
      name: 'host memory it grew by at its peak',
      value: (await peakMb(host.ready.pid)) - before,
      unit: 'MB',
      goal: { atMost: 100 },
    },
  ];
}

/** The highest resident memory so far. */
async function peakMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1_024;
}
