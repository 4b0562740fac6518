import { zip } from '../support/zip.js';
import type { Call } from './inside.js';
import { BROUGHT_FIELD, BUNDLED, type Entity } from './plan.js';

// Servers that come from outside.

/** Pasted text with a secret in it. */
export async function importText(call: Call, name: string, { secrets }: Entity): Promise<void> {
  const source = { text: JSON.stringify({ mcpServers: { [name]: { command: 'true', env: secrets } } }) };
  const { items } = await call('import.preview', { source });
  const choices = Object.fromEntries(items.map(({ key }) => [key, { action: 'add' as const }]));
  await call('import.apply', { source, choices });
}

/** A bundle that asks for a secret. */
export async function installBundle(call: Call, name: string, { stamp, secrets }: Entity): Promise<void> {
  const file = bundleOf(stamp);
  const { id } = await call('bundle.begin', { fileName: 'torture.mcpb', size: file.length });
  try {
    await call('bundle.append', { id, data: file.toString('base64') });
    await call('bundle.install', { id, name, config: { token: secrets[BROUGHT_FIELD] as string } });
  } catch (error) {
    await call('bundle.discard', { id });
    throw error;
  }
}

function bundleOf(description: string): Buffer {
  const manifest = {
    ...{ manifest_version: '0.3', name: 'torture', version: '1.0.0', description, author: { name: 'T' } },
    server: {
      type: 'node',
      entry_point: BUNDLED.name,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${BUNDLED.name}`],
        env: { [BROUGHT_FIELD]: '${user_config.token}' },
      },
    },
    user_config: {
      token: { type: 'string', title: 'Token', description: 'Yours', required: true, sensitive: true },
    },
  };
  return zip([
    { name: 'manifest.json', data: JSON.stringify(manifest) },
    { name: BUNDLED.name, data: BUNDLED.text },
  ]);
}
