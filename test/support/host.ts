import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from './rpc-client.js';

/** Tests and benchmarks run at the root of the repository. */
export const ROOT = process.cwd();
const HOST = join(ROOT, 'out/main/browser.js');

export type Ready = { url: string; rpc: string; token: string; dataDir: string; pid: number };
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type HostOptions = {
  dataDir?: string;
  env?: NodeJS.ProcessEnv;
  args?: string[];
};

/** The built browser host as a process of its own, on a throw-away data folder unless one is given. */
export class Host {
  stderr = '';
  stdout = '';
  readonly exited: Promise<Exit>;
  #clients: RpcClient[] = [];

  private constructor(
    readonly child: ChildProcess,
    readonly dataDir: string,
    private readonly ownsFolder: boolean,
  ) {
    child.stdout?.on('data', (data: Buffer) => (this.stdout += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  }

  /** Starts the process and does not wait for anything. */
  static async spawn({ dataDir, env = {}, args = [] }: HostOptions = {}): Promise<Host> {
    const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'jackfield-test-')));
    const all = ['--no-open', '--port', '0', '--json', '--data-dir', folder, ...args];
    const child = spawn(process.execPath, [HOST, ...all], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Host(child, folder, dataDir === undefined);
  }

  static async start(options: HostOptions = {}): Promise<Host & { ready: Ready; client: RpcClient }> {
    const host = await Host.spawn(options);
    const ready = await host.whenReady();
    return Object.assign(host, { ready, client: await host.connect(ready) });
  }

  async whenReady(): Promise<Ready> {
    while (!this.stdout.includes('\n')) {
      const event = new Promise((resolve) => this.child.stdout?.once('data', resolve));
      const ended = await Promise.race([event.then(() => undefined), this.exited]);
      if (ended) throw new Error(`The host ended with ${ended.code ?? ended.signal}: ${this.stderr}`);
    }
    return JSON.parse(this.stdout.slice(0, this.stdout.indexOf('\n'))) as Ready;
  }

  async connect(ready: Ready): Promise<RpcClient> {
    const client = await RpcClient.connect(ready.rpc, ready.token);
    this.#clients.push(client);
    return client;
  }

  /** SIGTERM, then its exit. */
  async stop(): Promise<Exit> {
    await Promise.all(this.#clients.map((client) => client.close()));
    this.child.kill('SIGTERM');
    return this.exited;
  }

  /** Ends the host if it still runs and removes what the test made. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop();
    if (this.ownsFolder) await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Command and args of an official MCP server from npm, run by this very Node. */
export function realServer(
  name: 'everything' | 'filesystem' | 'memory' | 'sequential-thinking',
  ...args: string[]
) {
  const file = join(ROOT, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
  return { type: 'stdio' as const, command: process.execPath, args: [file, ...args] };
}
