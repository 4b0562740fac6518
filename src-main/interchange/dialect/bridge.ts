import { isSecretRef, type Value } from '../../contract/index.js';
import type { Wanted } from './dialect.js';
import { variableFor } from './references.js';

/**
 * Reaches an HTTP server through `npx mcp-remote`, for clients that can only start programs. Headers travel in the
 * environment: mcp-remote puts `${NAME}` in by itself, and some clients break arguments with a space in them.
 * Flags: https://github.com/geelen/mcp-remote#readme
 */
export function bridged(server: string, { launch, values }: Wanted): Wanted {
  if (launch.type === 'stdio') return { launch, values };
  const args = ['-y', 'mcp-remote', launch.url];
  if (launch.type === 'sse') args.push('--transport', 'sse-only');
  const { protocol, hostname } = new URL(launch.url);
  if (protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    args.push('--allow-http');
  const env = new Map<string, Value>();
  for (const [header, value] of values) {
    if (!isSecretRef(value) && !/\s/.test(value)) {
      args.push('--header', `${header}:${value}`);
      continue;
    }
    const variable = variableFor(server, header);
    args.push('--header', `${header}:\${${variable}}`);
    env.set(variable, value);
  }
  return { launch: { type: 'stdio', command: 'npx', args }, values: env };
}
