import { Host, realServer } from '../support/host.js';
import type { Figure } from './report.js';
import { interleaved, median } from './stats.js';

const ROUNDS = 15;

/** What V8's compile cache saves of the time to ready, once it is filled. Node knows of it from 22.1 on. */
export async function compileFigures(): Promise<Figure[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 1)) {
    process.stderr.write(`Node ${process.versions.node} has no compile cache: not measured.\n`);
    return [];
  }
  await using host = await Host.start();
  const figures: Figure[] = [];
  for (const kind of ['everything', 'memory'] as const) {
    const { server } = await host.client.call('server.create', {
      server: { name: kind, transport: realServer(kind) },
    });
    const ready = async (compileCache: boolean): Promise<number> => {
      await host.client.call('settings.update', { patch: { compileCache } });
      const { run } = await host.client.call('run.start', { serverId: server.id });
      await host.client.call('run.stop', { serverId: server.id });
      return run.readyMs ?? NaN;
    };
    const { a, b, ratios } = await interleaved(
      ROUNDS,
      () => ready(true),
      () => ready(false),
    );
    figures.push({
      name: `ready with compile cache ÷ without: ${kind}`,
      value: median(ratios),
      unit: 'ratio',
      goal: { atMost: 0.97 },
      detail: `medians ${median(a).toFixed(0)} and ${median(b).toFixed(0)} ms of ${ROUNDS}, interleaved`,
    });
  }
  return figures;
}
