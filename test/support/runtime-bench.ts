import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  serverSchema,
  settingsSchema,
  type Run,
  type Server,
  type Settings,
} from '../../src-main/contract/index.js';
import { Runtime, type RuntimePorts, type RuntimeTuning } from '../../src-main/runtime/runtime.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The entry of a misbehaving server in test/fakes/servers. */
export const fake = (name: string): string => path.join(root, 'test/fakes/servers', `${name}.mjs`);
/** The entry of a real server. */
export const real = (name: string): string =>
  path.join(root, 'node_modules/@modelcontextprotocol', `server-${name}`, 'dist/index.js');

export const SECRET = 'hunter2-very-secret';

/** A runtime on a folder of its own, with servers that a test puts in. Everything is ended and removed by `close`. */
export class RuntimeBench {
  readonly servers = new Map<string, Server>();
  settings: Settings = settingsSchema.parse({});
  readonly runtime: Runtime;
  /** Every state a server went through, in order. */
  readonly states = new Map<string, Run['state'][]>();

  private constructor(
    readonly dataDir: string,
    tuning: RuntimeTuning,
    ports: Partial<RuntimePorts>,
  ) {
    this.runtime = new Runtime(
      {
        dataDir,
        cacheDir: path.join(dataDir, 'cache'),
        server: (id) => this.servers.get(id),
        servers: () => [...this.servers.values()],
        settings: () => this.settings,
        resolve: async (value) => (typeof value === 'string' ? value : SECRET),
        redact: (text) => text.replaceAll(SECRET, '••••'),
        appVersion: '0.0.0',
        resultJudge: '',
        ...ports,
      },
      tuning,
    );
    this.runtime.on('run.changed', ({ run }) => {
      const seen = this.states.get(run.serverId) ?? [];
      if (seen.at(-1) !== run.state) seen.push(run.state);
      this.states.set(run.serverId, seen);
    });
  }

  static async open(tuning: RuntimeTuning = {}, ports: Partial<RuntimePorts> = {}): Promise<RuntimeBench> {
    return new RuntimeBench(await mkdtemp(path.join(tmpdir(), 'jackfield-runtime-')), tuning, ports);
  }

  /** Puts a server in; `node` runs a script with this Node. */
  add(id: string, transport: Record<string, unknown>, more: Record<string, unknown> = {}): string {
    this.servers.set(id, serverSchema.parse({ id, revision: 1, name: id, transport, ...more }));
    return id;
  }

  node(
    id: string,
    args: string[],
    more: Record<string, unknown> = {},
    transport: Record<string, unknown> = {},
  ): string {
    return this.add(id, { type: 'stdio', command: process.execPath, args, ...transport }, more);
  }

  async lines(id: string, stream?: string): Promise<string[]> {
    const entries = await this.runtime.logs(id, { limit: 5_000 });
    return entries.filter((entry) => !stream || entry.stream === stream).map((entry) => entry.text);
  }

  async close(): Promise<void> {
    await this.runtime.dispose();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Whether the process runs: a zombie, which waits for its parent, does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

export async function running(pids: number[]): Promise<number[]> {
  const states = await Promise.all(pids.map(isRunning));
  return pids.filter((_pid, index) => states[index]);
}

/**
 * Watches how long this process is busy between two turns of its event loop, in milliseconds of processor time: the
 * clock on the wall would count what other programs take from a busy machine.
 */
export function watchBusyTurns(): { stop(): number } {
  let longest = 0;
  let last = process.cpuUsage();
  const pulse = setInterval(() => {
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, (user + system) / 1_000);
    last = process.cpuUsage();
  }, 5);
  return {
    stop: () => {
      clearInterval(pulse);
      return longest;
    },
  };
}
