import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Host, realServer, ROOT } from '../support/host.js';
import type { Figure } from './report.js';
import { median, timed } from './stats.js';

const SERVERS = 20;
const ROUNDS = 5;
const RIVALS = join(ROOT, 'node_modules/.cache/rivals');
const KINDS = ['everything', 'filesystem', 'memory', 'sequential-thinking'] as const;

const fleet = Array.from({ length: SERVERS }, (_, index) => {
  const kind = KINDS[index % KINDS.length]!;
  return {
    name: `${kind}-${index}`,
    transport: realServer(kind, ...(kind === 'filesystem' ? [tmpdir()] : [])),
  };
});

type Sample = { ms: number; rssMb: number };
type Contender = { name: string; run(): Promise<Sample> };

/**
 * From nothing to twenty ready servers, the start of the host included, for Jackfield and for what else starts many
 * servers: mcp-hub, mcporter, and twenty bare SDK clients in one process.
 */
export async function fleetFigures(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-fleet-'));
  try {
    const contenders = [await jackfield(folder), sdk(), ...(await rivals(folder))];
    const samples = new Map(contenders.map(({ name }) => [name, [] as Sample[]]));
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const { name, run } of contenders) {
        const sample = await run();
        // The first round warms the disk's cache for all.
        if (round > 0) samples.get(name)?.push(sample);
      }
    return figures(samples);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function figures(samples: Map<string, Sample[]>): Figure[] {
  const ms = (name: string): number => median((samples.get(name) ?? []).map((sample) => sample.ms));
  const rss = (name: string): number => median((samples.get(name) ?? []).map((sample) => sample.rssMb));
  const others = [...samples.keys()].filter((name) => name.startsWith('mcp'));
  const best = Math.min(...others.map(ms));
  return [
    ...[...samples.keys()].map((name): Figure => ({
      name: `${SERVERS} servers ready: ${name}`,
      value: ms(name),
      unit: 'ms',
      ...(name === 'Jackfield' && others.length > 0 && { goal: { atMost: Math.floor(best) } }),
      detail: `median of ${ROUNDS}, host start included, in turn with the others`,
    })),
    ...['Jackfield', ...others.filter((name) => rss(name) > 0)].map((name): Figure => ({
      name: `host memory, ${SERVERS} running servers: ${name}`,
      value: rss(name),
      unit: 'MB',
      ...(name === 'Jackfield' && samples.has('mcp-hub') && { goal: { atMost: Math.floor(rss('mcp-hub')) } }),
    })),
  ];
}

async function jackfield(folder: string): Promise<Contender> {
  const dataDir = join(folder, 'jackfield');
  await mkdir(dataDir);
  {
    await using host = await Host.start({ dataDir });
    for (const { name, transport } of fleet)
      await host.client.call('server.create', {
        server: { name, transport, lifecycle: { autostart: true } },
      });
  }
  return {
    name: 'Jackfield',
    async run() {
      let host: Awaited<ReturnType<typeof Host.start>> | undefined;
      const ms = await timed(async () => {
        host = await Host.start({ dataDir });
        const up = new Set<string>();
        const all = new Promise<void>((resolve) => {
          const see = (run: { serverId: string; state: string }): void => {
            if (run.state === 'running') up.add(run.serverId);
            if (up.size === SERVERS) resolve();
          };
          host!.client.on('run.changed', ({ run }) => see(run));
          void host!.client.call('app.snapshot', {}).then(({ runs }) => runs.forEach(see));
        });
        await all;
      });
      const rssMb = await settledRss(host!.ready.pid);
      await host![Symbol.asyncDispose]();
      return { ms, rssMb };
    },
  };
}

function sdk(): Contender {
  return {
    name: 'bare SDK clients',
    async run() {
      const open: { client: Client; pid: number | null }[] = [];
      const ms = await timed(() =>
        Promise.all(
          fleet.map(async ({ transport: { command, args } }) => {
            const client = new Client({ name: 'bench', version: '1' });
            const transport = new StdioClientTransport({ command, args, stderr: 'ignore' });
            await client.connect(transport);
            await client.listTools();
            open.push({ client, pid: transport.pid });
          }),
        ),
      );
      for (const { client, pid } of open) {
        if (pid !== null) process.kill(pid, 'SIGKILL');
        await client.close().catch(() => {});
      }
      return { ms, rssMb: 0 };
    },
  };
}

/** Installed once, outside of the app's own packages; without a network they are left out. */
async function rivals(folder: string): Promise<Contender[]> {
  if (!existsSync(join(RIVALS, 'node_modules/mcp-hub')))
    try {
      await mkdir(RIVALS, { recursive: true });
      const args = ['install', '--no-audit', '--no-fund', '--prefix', RIVALS, 'mcp-hub@4', 'mcporter'];
      await promisify(execFile)('npm', args, { timeout: 120_000 });
    } catch {
      process.stderr.write('mcp-hub and mcporter could not be installed: measured without them.\n');
      return [];
    }
  const config = join(folder, 'servers.json');
  const mcpServers = Object.fromEntries(
    fleet.map(({ name, transport: { command, args } }) => [name, { command, args }]),
  );
  await writeFile(config, JSON.stringify({ mcpServers }));
  const bin = (name: string): string => join(RIVALS, 'node_modules/.bin', name);
  return [hub(bin('mcp-hub'), config), porter(bin('mcporter'), config, folder)];
}

function hub(bin: string, config: string): Contender {
  return {
    name: 'mcp-hub',
    async run() {
      const port = await freePort();
      let child: ChildProcess | undefined;
      const ms = await timed(async () => {
        child = spawn(process.execPath, [bin, '--port', String(port), '--config', config], {
          stdio: 'ignore',
        });
        await waitUntil(() => hubIsReady(port));
      });
      const rssMb = await settledRss(child!.pid!);
      child!.kill('SIGTERM');
      await once(child!, 'exit');
      return { ms, rssMb };
    },
  };
}

async function hubIsReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/servers`);
    const { servers } = (await answer.json()) as { servers: { status: string }[] };
    return servers.filter((server) => server.status === 'connected').length === SERVERS;
  } catch {
    return false;
  }
}

/** It has no host that stays: one command starts all, lists their tools, and ends. */
function porter(bin: string, config: string, home: string): Contender {
  const env = { ...process.env, HOME: home };
  return {
    name: 'mcporter',
    async run() {
      const ms = await timed(() =>
        promisify(execFile)(process.execPath, [bin, '--config', config, 'list', '--json'], {
          env,
          cwd: home,
          maxBuffer: 64 * 1_024 * 1_024,
        }),
      );
      return { ms, rssMb: 0 };
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Resident memory once it no longer moves, of the host's own process. */
async function settledRss(pid: number): Promise<number> {
  let last = 0;
  for (let look = 0; look < 10; look += 1) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const now = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1_024;
    if (Math.abs(now - last) < 0.5) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return last;
}
