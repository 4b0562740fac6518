import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { COMMAND } from '../support/command.js';
import { Host, realServer } from '../support/host.js';
import type { Figure } from './report.js';
import { interleaved, median, timed } from './stats.js';

const ROUNDS = 15;

type Start = { command: string; args: string[] };

async function session({ command, args }: Start): Promise<{ client: Client; pid: number }> {
  const client = new Client({ name: 'bench', version: '1' });
  const transport = new StdioClientTransport({ command, args, stderr: 'ignore' });
  await client.connect(transport);
  return { client, pid: transport.pid ?? 0 };
}

async function ready(start: Start): Promise<number> {
  let close = (): Promise<void> => Promise.resolve();
  const took = await timed(async () => {
    const { client } = await session(start);
    close = () => client.close();
    await client.listTools();
  });
  await close();
  return took;
}

/** Megabytes that are this process's own: what it shares with every other Node is not counted twice. */
async function ownMegabytes(pid: number): Promise<{ rss: number; own: number }> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const sum = (...names: string[]): number =>
    names.reduce(
      (total, name) => total + Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0),
      0,
    ) / 1024;
  return { rss: sum('Rss'), own: sum('Private_Clean', 'Private_Dirty') };
}

/** The launcher that stands in AI clients' files: what it adds to a start, and what it costs while the server runs. */
export async function runFigures(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jackfield-bench-'));
  const transport = realServer('everything');
  await using host = await Host.start({ dataDir });
  await host.client.call('server.create', { server: { name: 'everything', transport } });
  await host.stop();
  const launcher = { command: process.execPath, args: [COMMAND, 'run', 'everything', '--data-dir', dataDir] };
  const { a, b, ratios } = await interleaved(
    ROUNDS,
    () => ready(launcher),
    () => ready(transport),
  );
  const figures: Figure[] = [
    {
      name: 'ready: jackfield run ÷ direct start',
      value: median(ratios),
      unit: 'ratio',
      goal: { atMost: 1.15 },
      detail: `server-everything under a real SDK client, medians ${median(a).toFixed(0)} and ${median(b).toFixed(0)} ms of ${ROUNDS}, interleaved`,
    },
  ];
  if (process.platform === 'linux') {
    const { client, pid } = await session(launcher);
    const { rss, own } = await ownMegabytes(pid);
    await client.close();
    figures.push({
      name: 'memory of the launcher while the server runs',
      value: rss,
      unit: 'MB',
      detail: `${own.toFixed(0)} MB of it are its own, the rest is shared with other Nodes`,
    });
  }
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  return figures;
}
