import { randomBytes } from 'node:crypto';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Held, LettaPeer } from '../contract/letta-peer.js';
import { realServer } from '../support/host.js';
import { startPassThrough } from '../support/pass-through.js';

type Answer = Record<string, unknown> & { id: string; server_name: string };

const BEARER = /^Bearer\s+/;

/** A row as Letta answers it, by its rule for headers: custom ones, where there are any, push the token aside. */
function heldIn(row: Answer): Held {
  const type = String(row['mcp_server_type'] ?? row['type']) as Held['server_type'];
  const shared = { server_name: row.server_name, server_type: type };
  if (type === 'stdio')
    return {
      ...shared,
      command: row['command'] as string,
      args: row['args'] as string[],
      env: (row['env'] ?? {}) as Record<string, string>,
    };
  const custom = (row['custom_headers'] ?? {}) as Record<string, string>;
  const token = row['auth_token'] as string | null | undefined;
  const headers = Object.keys(custom).length > 0 ? custom : token ? { Authorization: token } : {};
  return { ...shared, server_url: row['server_url'] as string, headers };
}

/** Whether the server may be given a local command: asked with one that does not exist, which is removed again. */
export async function runsLocalCommands(url: string, token: string | undefined): Promise<boolean> {
  const { call, prefix } = speaker(url, token);
  const command = { command: `${prefix}none`, args: [] };
  const isFlat = profileOf(await versionOf(call)) === 'flat';
  const fields = isFlat
    ? { type: 'stdio', ...command }
    : { config: { mcp_server_type: 'stdio', ...command } };
  const made = await call('POST', '/v1/mcp-servers/', { server_name: `${prefix}probe`, ...fields });
  if (made.status === 400) return false;
  if (made.status !== 200) throw new Error(`Letta answers ${made.status} to a create.`);
  await call('DELETE', `/v1/mcp-servers/${(made.body as Answer).id}`);
  return true;
}

function speaker(url: string, token: string | undefined) {
  const origin = url.replace(/\/+$/, '');
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  return { call, prefix: `jackfield-test-${randomBytes(4).toString('hex')}-` };
}

/** A Letta server that is really there. The suite's names are its own, and what bears them is removed at the end. */
export async function openRealLetta(url: string, token: string | undefined): Promise<LettaPeer> {
  const { call, prefix } = speaker(url, token);
  const through = await startPassThrough(url);
  const list = async (): Promise<Answer[]> => (await call('GET', '/v1/mcp-servers/')).body as Answer[];
  const drop = async (id: string): Promise<void> => void (await call('DELETE', `/v1/mcp-servers/${id}`));
  const profile = profileOf(await versionOf(call));
  const held = async (id: string | undefined): Promise<Held | undefined> => {
    const { status, body } = await call('GET', `/v1/mcp-servers/${id}`);
    return status === 200 ? heldIn(body as Answer) : undefined;
  };
  return {
    remote: {
      baseUrl: through.url,
      ...(token !== undefined && { auth: { type: 'bearer', token: { newSecret: token } } }),
    },
    profile,
    prefix,
    ...(isLoopback(url) && { tooled: await everything() }),
    held,
    others: async () => {
      const rows = await list();
      return rows.filter(
        ({ server_name }) => !server_name.startsWith(prefix) || server_name === `${prefix}bystander`,
      );
    },
    idOf: async (name) => (await list()).find(({ server_name }) => server_name === name)?.id,
    enterToken: async (id, text) => {
      const row = await held(id);
      // From 0.15 on, of streamable HTTP it is stored at create alone.
      if (!row || (row.server_type !== 'sse' && profile !== 'flat')) return false;
      const fields = { server_url: row.server_url, auth_header: 'Authorization', auth_token: text };
      await call('PATCH', `/v1/mcp-servers/${id}`, {
        server_name: row.server_name,
        ...(profile === 'flat' ? fields : { config: { mcp_server_type: 'sse', ...fields } }),
      });
      return (await held(id))?.headers?.['Authorization']?.replace(BEARER, '') === text;
    },
    drop,
    writes: through.writes,
    close: async () => {
      for (const { id, server_name } of await list()) if (server_name.startsWith(prefix)) await drop(id);
      await through.close();
    },
  };
}

type Call = ReturnType<typeof speaker>['call'];

const versionOf = async (call: Call): Promise<string> =>
  ((await call('GET', '/v1/health/')).body as { version: string }).version;

/** A Letta on this computer can start what is here. */
const isLoopback = (url: string): boolean => /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);

/** A real MCP server with the tools it says it has, asked directly. */
async function everything(): Promise<NonNullable<LettaPeer['tooled']>> {
  const { command, args } = realServer('everything');
  const client = new Client({ name: 'contract', version: '1' });
  await client.connect(new StdioClientTransport({ command, args, stderr: 'ignore' }));
  const { tools } = await client.listTools();
  await client.close();
  return { command, args, tools: tools.map(({ name }) => name) };
}

function profileOf(version: string): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const number = major * 1_000_000 + minor * 1_000 + patch;
  return number < 15_000 ? 'flat' : number < 16_007 ? 'nested' : 'guarded';
}
