import { readFile } from 'node:fs/promises';
import type { Remote, Server } from '../../src-main/contract/index.js';
import { Host } from '../support/host.js';
import type { RpcClient } from '../support/rpc-client.js';
import type { Figure } from './report.js';
import { interleaved, median, timed } from './stats.js';
import { FakeRemotes, type Asked } from './sync-fakes.js';

const SERVERS = 250;
const ROUNDS = 7;
/** Between what is here and what a LAN or the next data centre has. */
const LATENCY_MS = 20;
const READS_AT_ONCE = 4;
const MEMORY_ROUNDS = 40;

/**
 * 1,000 links: 250 servers in four remotes. A second apply writes nothing; planning costs hardly more than fetching the
 * very same pages and throwing them away; and planning over and over keeps no memory.
 */
export async function syncFigures(): Promise<Figure[]> {
  const fakes = await FakeRemotes.start();
  try {
    await using host = await Host.start();
    const { client } = host;
    const links = await patchedIn(client, fakes);
    const first = await apply(client, 'synced', links);
    await fakes.asked();
    const second = await apply(client, 'unchanged', links);
    const asked = await fakes.asked();
    const writes = asked.flat().filter(({ method }) => method !== 'GET').length;
    const figures: Figure[] = [
      { name: `first apply of ${links} links`, value: first, unit: 'ms' },
      { name: `second apply of ${links} links`, value: second, unit: 'ms' },
      { name: 'writes of a second apply', value: writes, unit: 'count', goal: { atMost: 0 } },
    ];
    await plan(client, links);
    const reads = await fakes.asked();
    for (const latencyMs of [0, LATENCY_MS]) {
      await fakes.latency(latencyMs);
      figures.push(await planningFigure(client, links, reads, latencyMs));
    }
    await fakes.latency(0);
    figures.push(await memoryFigure(client, links, host.ready.pid));
    return figures;
  } finally {
    await fakes.close();
  }
}

async function patchedIn(client: RpcClient, fakes: FakeRemotes): Promise<number> {
  await client.call('settings.update', { patch: { secretStorage: 'session', watchRemotes: false } });
  const remotes: Remote[] = [];
  for (const { kind, name, url } of fakes.remotes)
    remotes.push((await client.call('remote.create', { remote: { kind, name, baseUrl: url } })).remote);
  const servers: Server[] = [];
  for (let index = 0; index < SERVERS; index += 1) {
    const transport = {
      type: 'streamable_http' as const,
      url: `https://mcp-${index}.example.com/mcp`,
      headers: { 'X-Org': String(index), 'X-Api-Key': { newSecret: `key-${index}-of-the-bench` } },
    };
    const tools = { execute: ['read', 'write'], autoExecute: ['read'], pricing: { read: 0.001 } };
    const server = { name: `server_${index}`, transport, tools };
    servers.push((await client.call('server.create', { server })).server);
  }
  let links = 0;
  for (const { id: remoteId } of remotes)
    for (const { id: serverId } of servers) {
      await client.call('link.create', { serverId, remoteId });
      links += 1;
    }
  return links;
}

async function apply(client: RpcClient, status: string, links: number): Promise<number> {
  return timed(async () => {
    const { outcomes } = await client.call('sync.apply', {});
    const done = outcomes.filter((outcome) => outcome.status === status && outcome.verified);
    if (done.length !== links)
      throw new Error(`${done.length} of ${links} links are ${status}: ${JSON.stringify(outcomes[0])}`);
  });
}

async function plan(client: RpcClient, links: number): Promise<void> {
  const { steps } = await client.call('sync.plan', {});
  const equal = steps.filter(({ action }) => action === 'none').length;
  if (equal !== links) throw new Error(`${equal} of ${links} links are planned as equal.`);
}

/** The requests of one plan again, by nothing but `fetch`: remotes side by side, lists page by page, single reads four at once. */
async function fetchAll(reads: readonly Asked[][]): Promise<void> {
  const get = async ({ url }: Asked): Promise<void> => void (await (await fetch(url)).json());
  await Promise.all(
    reads.map(async (ofRemote) => {
      const isSingle = ({ url }: Asked): boolean => /\/v1\/mcp-servers\/[^/]+$/.test(url);
      for (const page of ofRemote.filter((asked) => !isSingle(asked))) await get(page);
      const single = ofRemote.filter(isSingle);
      const reader = async (): Promise<void> => {
        for (let next = single.shift(); next; next = single.shift()) await get(next);
      };
      await Promise.all(Array.from({ length: READS_AT_ONCE }, reader));
    }),
  );
}

async function planningFigure(
  client: RpcClient,
  links: number,
  reads: readonly Asked[][],
  latencyMs: number,
): Promise<Figure> {
  const { a, b, ratios } = await interleaved(
    ROUNDS,
    () => timed(() => plan(client, links)),
    () => timed(() => fetchAll(reads)),
  );
  return {
    name: `planning ${links} links ÷ raw fetch, answers after ${latencyMs} ms`,
    value: median(ratios),
    unit: 'ratio',
    // Without any way between the two there is no fetching to measure against: that figure is the app's own work.
    ...(latencyMs > 0 && { goal: { atMost: 1.3 } }),
    detail: `median of ${ROUNDS}: ${median(a).toFixed(0)} ms ÷ ${median(b).toFixed(0)} ms, ${reads.flat().length} requests`,
  };
}

/** What the host's memory grows by while it plans again and again. */
async function memoryFigure(client: RpcClient, links: number, pid: number): Promise<Figure> {
  const seen: number[] = [];
  for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
    await plan(client, links);
    client.frames.length = 0;
    seen.push(await rssMb(pid));
  }
  const half = MEMORY_ROUNDS / 2;
  return {
    name: `memory that ${half} more plans of ${links} links keep`,
    value: median(seen.slice(-half / 2)) - median(seen.slice(half / 2, half)),
    unit: 'MB',
    goal: { atMost: 8 },
    detail: `resident: ${seen[0]?.toFixed(0)} MB after one, ${seen.at(-1)?.toFixed(0)} MB after ${MEMORY_ROUNDS}`,
  };
}

/** Of the host's own process (Linux: /proc). */
async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1_024;
}
