import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startHost } from './browser.js';

const FILE =
  '{\n  // mine\n  "mcpServers": {\n    "other": { "command": "uvx", "args": ["mcp-server-fetch"] }\n  }\n}\n';

/** A host in a home that Cursor has a file in. */
export async function hostWithCursor() {
  const home = await mkdtemp(join(tmpdir(), 'jackfield-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  await mkdir(join(home, '.cursor'));
  const file = join(home, '.cursor/mcp.json');
  await writeFile(file, FILE);
  const host = await startHost({ env: { HOME: home, XDG_CONFIG_HOME: join(home, '.config') } });
  return { host, file, original: FILE };
}
