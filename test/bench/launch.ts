import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Host, realServer } from '../support/host.js';
import type { RpcClient } from '../support/rpc-client.js';
import type { Figure } from './report.js';
import { interleaved, median, quantile, timed } from './stats.js';

const ROUNDS = 15;
const CALLS = 300;

async function direct(): Promise<{ client: Client; close(): Promise<void> }> {
  const { command, args } = realServer('everything');
  // As much as Jackfield says it can do: server-everything makes more tools for a client that can do more.
  const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: { form: {} } };
  const client = new Client({ name: 'bench', version: '1' }, { capabilities });
  await client.connect(new StdioClientTransport({ command, args, stderr: 'ignore' }));
  return { client, close: () => client.close() };
}

/** Time from asking to a listed tool: through Jackfield over the wire, against an SDK client that does nothing else. */
export async function launchFigures(): Promise<Figure[]> {
  await using host = await Host.start();
  const { server } = await host.client.call('server.create', {
    server: { name: 'bench', transport: realServer('everything') },
  });
  const serverId = server.id;
  const throughJackfield = async (): Promise<number> => {
    const took = await timed(async () => {
      await host.client.call('run.start', { serverId });
      await host.client.call('tool.list', { serverId });
    });
    await host.client.call('run.stop', { serverId });
    return took;
  };
  const throughSdk = async (): Promise<number> => {
    let close = async (): Promise<void> => undefined;
    const took = await timed(async () => {
      const session = await direct();
      close = session.close;
      await session.client.listTools();
    });
    await close();
    return took;
  };
  const { a, b, ratios } = await interleaved(ROUNDS, throughJackfield, throughSdk);
  return [
    {
      name: 'ready: Jackfield ÷ direct SDK client',
      value: median(ratios),
      unit: 'ratio',
      goal: { atMost: 1 },
      detail: `server-everything, medians ${median(a).toFixed(0)} and ${median(b).toFixed(0)} ms of ${ROUNDS}, interleaved`,
    },
    ...(await callFigures(host.client, serverId)),
  ];
}

async function callFigures(wire: RpcClient, serverId: string): Promise<Figure[]> {
  await wire.call('run.start', { serverId });
  const session = await direct();
  const call = { name: 'echo', arguments: { message: 'hello' } };
  const { a, b } = await interleaved(
    CALLS,
    () => timed(() => wire.call('tool.call', { serverId, ...call })),
    () => timed(() => session.client.callTool(call)),
  );
  await session.close();
  return [
    {
      name: 'tool.call: added latency, median',
      value: median(a) - median(b),
      unit: 'ms',
      goal: { atMost: 1 },
      detail: `echo over the wire ${median(a).toFixed(2)} ms, direct ${median(b).toFixed(2)} ms, ${CALLS} each, interleaved`,
    },
    { name: 'tool.call: p99 over the wire', value: quantile(a, 0.99), unit: 'ms' },
  ];
}
