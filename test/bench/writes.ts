import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverInputSchema, SCHEMA_VERSION } from '../../src-main/contract/index.js';
import { Host } from '../support/host.js';
import type { Figure } from './report.js';
import { median, timed } from './stats.js';

const EDITS = 30;

async function folderWith(servers: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-bench-'));
  const all = Array.from({ length: servers }, (_, index) => ({
    id: randomUUID(),
    revision: 1,
    ...serverInputSchema.parse({
      name: `server ${index}`,
      tags: ['bench'],
      transport: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', `@example/server-${index}`],
        env: { LOG: 'info' },
      },
    }),
  }));
  const file = {
    schemaVersion: SCHEMA_VERSION,
    servers: all,
    remotes: [],
    links: [],
    settings: {},
    salt: randomUUID(),
  };
  await writeFile(join(folder, 'catalog.json'), JSON.stringify(file), { mode: 0o600 });
  return folder;
}

/** One edit, from the request on the wire to the answer that says it is on disk. */
export async function writeFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const servers of [10, 1_000, 10_000]) {
    const dataDir = await folderWith(servers);
    {
      await using host = await Host.start({ dataDir });
      const { servers: all } = await host.client.call('app.snapshot', {});
      if (all.length !== servers) throw new Error(`The host has ${all.length} servers, not ${servers}.`);
      const took: number[] = [];
      for (let edit = 0; edit < EDITS; edit += 1) {
        const id = all[(edit * 7) % all.length]?.id ?? '';
        const patch = { description: `edit ${edit}` };
        took.push(await timed(() => host.client.call('server.update', { id, patch })));
      }
      figures.push({
        name: `server.update, fsynced, among ${servers}`,
        value: median(took),
        unit: 'ms',
        detail: `median of ${EDITS}, longest ${Math.max(...took).toFixed(1)} ms`,
      });
    }
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
  return figures;
}
