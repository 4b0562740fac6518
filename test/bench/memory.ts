import { readFile } from 'node:fs/promises';
import { Host, realServer } from '../support/host.js';
import type { Figure } from './report.js';

const SERVERS = 10;

/** Resident memory of the host process alone (Linux: /proc). */
async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1024;
}

/** Falls back to idle when nothing changed between two looks. */
async function settledRss(pid: number): Promise<number> {
  let last = await rssMb(pid);
  for (let look = 0; look < 20; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = await rssMb(pid);
    if (Math.abs(now - last) < 0.5) return now;
    last = now;
  }
  return last;
}

export async function memoryFigures(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  await using host = await Host.start();
  const idle = await settledRss(host.ready.pid);
  const ids: string[] = [];
  for (let count = 0; count < SERVERS; count += 1) {
    const { server } = await host.client.call('server.create', {
      server: { name: `memory ${count}`, transport: realServer('memory') },
    });
    ids.push(server.id);
  }
  await Promise.all(ids.map((serverId) => host.client.call('run.start', { serverId })));
  return [
    { name: 'host memory, 0 servers', value: idle, unit: 'MB' },
    { name: `host memory, ${SERVERS} running servers`, value: await settledRss(host.ready.pid), unit: 'MB' },
  ];
}
