import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Host } from '../support/host.js';
import type { Figure } from './report.js';
import { interleaved, median, timed } from './stats.js';

const ROUNDS = 9;
const PACKAGE = '@modelcontextprotocol/server-memory';
const command = { command: 'npx', args: ['-y', PACKAGE] };

/** A server as most people write it down, its package already in npx's cache. */
export async function npxFigures(): Promise<Figure[]> {
  try {
    await promisify(execFile)('npm', ['exec', '--yes', `--package=${PACKAGE}`, '--', 'node', '--version'], {
      cwd: '/',
      timeout: 120_000,
    });
  } catch {
    process.stderr.write('The npx cache could not be filled: measured without it.\n');
    return [];
  }
  await using host = await Host.start();
  const { server } = await host.client.call('server.create', {
    server: { name: 'npx', transport: { type: 'stdio', ...command } },
  });
  const serverId = server.id;
  const { a, b, ratios } = await interleaved(
    ROUNDS,
    async () => {
      const took = await timed(() => host.client.call('run.start', { serverId }));
      await host.client.call('run.stop', { serverId });
      return took;
    },
    async () => {
      const client = new Client({ name: 'bench', version: '1' });
      const took = await timed(async () => {
        // From a folder where no local install goes before npx's cache.
        await client.connect(new StdioClientTransport({ ...command, cwd: '/', stderr: 'ignore' }));
        await client.listTools();
      });
      await client.close();
      return took;
    },
  );
  return [
    {
      name: 'ready, run by npx with a warm cache: Jackfield ÷ direct SDK client',
      value: median(ratios),
      unit: 'ratio',
      goal: { atMost: 0.5 },
      detail: `medians ${median(a).toFixed(0)} and ${median(b).toFixed(0)} ms of ${ROUNDS}, interleaved`,
    },
  ];
}
