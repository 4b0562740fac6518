import type { Server } from '../../../../src-main/contract/index.js';
import { joinCommand } from '../../../components/command-words.js';
import { isPlain } from '../../../components/secret-value.js';

type Arguments = Record<string, unknown>;

/** The call as it goes over the wire. */
export function jsonRpcRequest(tool: string, input: Arguments): string {
  const params = { name: tool, arguments: input };
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }, null, 2);
}

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A secret is never in a snippet: its place is held by a variable to be set by hand. */
const variable = (name: string): string => `$${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;

/**
 * The same call outside of Jackfield: `curl` for a server with an address, the MCP Inspector's command line for a local
 * command. Undefined where a server can be reached by neither.
 */
export function callSnippet(server: Server, tool: string, input: Arguments): string | undefined {
  const { transport } = server;
  if (transport.type === 'streamable_http') {
    const headers = Object.entries(transport.headers).map(([name, value]) =>
      isPlain(value) ? `-H ${single(`${name}: ${value}`)}` : `-H "${name}: ${variable(name)}"`,
    );
    const { auth } = transport;
    if (auth.type === 'header') headers.push(`-H "${auth.header}: ${variable(auth.header)}"`);
    if (auth.type === 'oauth') headers.push('-H "Authorization: Bearer $ACCESS_TOKEN"');
    return [
      `curl -N ${single(transport.url)}`,
      `-H 'Content-Type: application/json'`,
      `-H 'Accept: application/json, text/event-stream'`,
      ...headers,
      `--data ${single(jsonRpcRequest(tool, input))}`,
    ].join(' \\\n  ');
  }
  if (transport.type !== 'stdio') return undefined;
  const args = Object.entries(input).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return joinCommand(['--tool-arg', `${name}=${text}`]);
  });
  const env = Object.entries(transport.env).map(([name, value]) =>
    isPlain(value) ? joinCommand(['-e', `${name}=${value}`]) : `-e "${name}=${variable(name)}"`,
  );
  return [
    'npx -y @modelcontextprotocol/inspector --cli',
    ...env,
    joinCommand([transport.command, ...transport.args]),
    joinCommand(['--method', 'tools/call', '--tool-name', tool]),
    ...args,
  ].join(' \\\n  ');
}
