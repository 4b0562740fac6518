import { isSecretRef, type ServerInput, type Value, type ValueInput } from '../../contract/index.js';
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

/** The server behind a bridge: what `bridged` makes, and what people write in the same way. */
export function unbridged(transport: ServerInput['transport']): ServerInput['transport'] {
  if (transport.type !== 'stdio' || !/(?:^|[/\\])(?:npx|bunx|pnpx)(?:\.cmd)?$/i.test(transport.command))
    return transport;
  const [name = '', url = '', ...flags] = (transport.args ?? []).filter((arg) => !/^(-y|--yes)$/.test(arg));
  if (!/^mcp-remote(@|$)/.test(name) || !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    return transport;
  const headers = new Map<string, ValueInput>();
  flags.forEach((flag, index) => {
    const [, header, value] =
      /^([^:]+):\s*(.*)$/s.exec((flags[index - 1] === '--header' && flag) || '') ?? [];
    if (header === undefined || value === undefined) return;
    const variable = /^\$\{(\w+)\}$/.exec(value)?.[1];
    headers.set(header, (variable !== undefined && transport.env?.[variable]) || value);
  });
  const isSse = flags.some((flag, index) => flags[index - 1] === '--transport' && flag.startsWith('sse'));
  return { type: isSse ? 'sse' : 'streamable_http', url, headers: Object.fromEntries(headers) };
}
