import { packExtension } from '@anthropic-ai/mcpb/cli';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './host.js';

/** A bundle that runs, packed by the format's own tool: our sample server, which asks for a key and a unit. */
export async function packBundle(target: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-pack-'));
  try {
    await mkdir(join(folder, 'server'));
    await copyFile(join(ROOT, 'out/main/sample-server.js'), join(folder, 'server/index.js'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const config = {
      api_key: {
        type: 'string',
        title: 'API key',
        description: 'Of yours.',
        required: true,
        sensitive: true,
      },
      metric: { type: 'boolean', title: 'Metric units', description: '', default: true },
      place: { type: 'string', title: 'Place', description: 'Where you are.', default: 'Oslo' },
    };
    const manifest = {
      manifest_version: '0.3',
      name: 'weather',
      display_name: 'Weather',
      version: '1.2.0',
      description: 'Tells what the weather is like.',
      author: { name: 'Ada' },
      server: {
        type: 'node',
        entry_point: 'server/index.js',
        mcp_config: {
          command: 'node',
          args: ['${__dirname}/server/index.js', '--place', '${user_config.place}'],
          env: { WEATHER_KEY: '${user_config.api_key}', METRIC: '${user_config.metric}' },
        },
      },
      tools: [{ name: 'forecast', description: 'The weather of the next days.' }],
      user_config: config,
    };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    const isPacked = await packExtension({ extensionPath: folder, outputPath: target, silent: true });
    if (!isPacked) throw new Error('The bundle could not be packed.');
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
