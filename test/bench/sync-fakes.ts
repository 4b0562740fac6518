import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';
import { startFakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta } from '../fakes/letta/index.js';
import type { RunningFake } from '../fakes/support/fake-server.js';

export type FakeRemote = { kind: 'letta' | 'bifrost'; name: string; url: string };
export type Asked = { method: string; url: string };
type Order = { latencyMs: number } | 'asked' | 'end';

/** In the thread of the fakes: as much a world of its own as a remote is. */
export async function serveFakes(): Promise<void> {
  const running: [FakeRemote, RunningFake][] = [];
  const add = (kind: FakeRemote['kind'], name: string, fake: RunningFake): void =>
    void running.push([{ kind, name, url: fake.url }, fake]);
  add('letta', 'Letta 0.16', await startFakeLetta({ version: '0.16.6' }));
  for (const version of ['1.5', '1.6', '2.2'] as const)
    add('bifrost', `Bifrost ${version}`, await startFakeBifrost({ version, guard: false }));
  parentPort?.postMessage(running.map(([remote]) => remote));
  parentPort?.on('message', (order: Order) => {
    if (order === 'end') {
      void Promise.all(running.map(([, fake]) => fake.close())).then(() => parentPort?.close());
      return;
    }
    if (order === 'asked') {
      parentPort?.postMessage(running.map(([{ url }, fake]) => asked(url, fake)));
      return;
    }
    for (const [, { faults }] of running) {
      faults.clear();
      if (order.latencyMs > 0) faults.add({ kind: 'latency', ms: order.latencyMs }, { times: Infinity });
    }
    parentPort?.postMessage('set');
  });
}

/** What it was asked since the last time, and forgets it. */
function asked(url: string, { requests }: RunningFake): Asked[] {
  return requests.splice(0).map(({ method, path, query }) => {
    const text = query.toString();
    return { method, url: `${url}${path}${text ? `?${text}` : ''}` };
  });
}

/** Four remotes in a thread of their own. */
export class FakeRemotes {
  private constructor(
    private readonly worker: Worker,
    readonly remotes: FakeRemote[],
  ) {}

  static async start(): Promise<FakeRemotes> {
    const worker = new Worker(new URL(import.meta.url), { argv: [] });
    const [remotes] = (await once(worker, 'message')) as [FakeRemote[]];
    return new FakeRemotes(worker, remotes);
  }

  /** Requests since the last time, one list per remote. */
  async asked(): Promise<Asked[][]> {
    return (await this.#order('asked')) as Asked[][];
  }

  /** How long every answer takes to come. */
  async latency(latencyMs: number): Promise<void> {
    await this.#order({ latencyMs });
  }

  async #order(order: Order): Promise<unknown> {
    const answer = once(this.worker, 'message');
    this.worker.postMessage(order);
    return (await answer)[0] as unknown;
  }

  async close(): Promise<void> {
    this.worker.postMessage('end' satisfies Order);
    await once(this.worker, 'exit');
  }
}
