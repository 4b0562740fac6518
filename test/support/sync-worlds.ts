import type { Remote, Server, Value } from '../../src-main/contract/index.js';
import { startFakeBifrost, type BifrostVersion, type FakeBifrost } from '../fakes/bifrost/index.js';
import { effectiveHeaders, startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import { startFakeProxy } from '../fakes/support/connect-proxy.js';
import { SyncRig } from './sync-rig.js';

/** What an entry means to the server it starts or connects to, in the server's own words. */
export type Plain = {
  name: string;
  type: string;
  url?: string | null;
  headers?: Record<string, string>;
  command?: string;
  args?: string[];
  /** Of a gateway that takes names alone, the names. */
  env?: Record<string, string> | string[];
  execute?: string[];
  autoExecute?: string[];
  pricing?: Record<string, number>;
  codeMode?: boolean;
};

export const REMOTE_EDITS = [
  ...['url', 'header', 'token', 'args', 'env', 'rename', 'execute', 'price', 'code', 'delete'],
] as const;
export type RemoteEdit = (typeof REMOTE_EDITS)[number];

/** A rig patched into one fake, on which an entry named `BYSTANDER` stands that no link names. */
export type World = {
  rig: SyncRig;
  remote: Remote;
  fake: FakeLetta | FakeBifrost;
  hasStdio: boolean;
  /** What is really stored under an id; `undefined`: nothing. */
  stored(id: string | undefined): Plain | undefined;
  /** What a server would be there; `references`: as its link has them. */
  meant(server: Server, references?: Record<string, string>): Plain;
  /** An edit of somebody else, of a kind that the remote shows. @returns false where there is nothing like it to edit */
  edit(id: string | undefined, what: RemoteEdit): boolean;
  bystander(): unknown;
  count(): number;
  dispose(): Promise<void>;
};

export const BYSTANDER = 'three';

const ADMIN = { username: 'admin', password: 'a long Password 1' };

function text(rig: SyncRig, value: Value): string {
  return typeof value === 'string' ? value : (rig.secrets.get(value.secret) ?? '');
}

function headersOf(rig: SyncRig, { transport }: Server, references: Record<string, string>) {
  if (!('headers' in transport)) return {};
  const of = (path: string, value: Value): string => references[path] ?? text(rig, value);
  const found = Object.entries(transport.headers).map(([name, value]): [string, string] => [
    name,
    of(`transport.headers.${name}`, value),
  ]);
  if (transport.auth.type === 'header')
    found.push([transport.auth.header, of('transport.auth.token', transport.auth.token)]);
  return Object.fromEntries(found);
}

function transportMeant(
  rig: SyncRig,
  server: Server,
  references: Record<string, string>,
  namesOnly: boolean,
) {
  const { transport } = server;
  if (transport.type === 'inprocess') throw new Error('none is made here');
  if (transport.type !== 'stdio')
    return { type: transport.type, url: transport.url, headers: headersOf(rig, server, references) };
  const env = Object.fromEntries(
    Object.entries(transport.env).map(([name, value]) => [name, text(rig, value)]),
  );
  return {
    type: 'stdio',
    command: transport.command,
    args: transport.args,
    env: namesOnly ? Object.keys(env).sort() : env,
  };
}

export async function lettaWorld(version: string): Promise<World> {
  const rig = SyncRig.inMemory();
  const isCloud = version === 'cloud';
  const fake = await startFakeLetta({ version, ...(!isCloud && { stdio: true }) });
  const proxy = isCloud ? await startFakeProxy(fake.url) : undefined;
  if (proxy) await rig.settings({ proxy: proxy.url });
  const remote = await rig.remote({
    kind: 'letta',
    name: 'Remote',
    baseUrl: proxy ? 'http://api.letta.com' : fake.url,
    allowInsecure: true,
  });
  const rows = () => fake.state.rows;
  let edits = 0;
  rows().push({
    ...{ id: 'mcp_server-bystander', server_name: BYSTANDER, server_type: 'sse' },
    ...{ server_url: 'https://bystander.example.com/sse', token: null },
    ...{ custom_headers: { 'X-By': 'stander' }, stdio_config: null, tools: [] },
  });
  return {
    rig,
    remote,
    fake,
    hasStdio: !isCloud,
    stored: (id) => {
      const row = rows().find((one) => one.id === id);
      if (!row) return undefined;
      const { server_name: name, server_type: type } = row;
      if (type !== 'stdio') return { name, type, url: row.server_url, headers: effectiveHeaders(row) };
      const { command = '', args = [], env } = row.stdio_config ?? {};
      return { name, type, command, args, env: env ?? {} };
    },
    meant: (server, references = {}) => ({
      name: server.name,
      ...transportMeant(rig, server, references, false),
    }),
    edit: (id, what) => {
      const row = rows().find((one) => one.id === id);
      if (!row) return false;
      edits += 1;
      const config = row.server_type === 'stdio' ? row.stdio_config : null;
      if (what === 'delete') rows().splice(rows().indexOf(row), 1);
      else if (what === 'rename') row.server_name = `theirs_${edits}`;
      else if (config && what === 'args') config.args = [`edit-${edits}`];
      else if (config && what === 'env') config.env = { ...config.env, THEIRS: `${edits}` };
      else if (!config && what === 'url') row.server_url = `https://their-${edits}.example.com/mcp`;
      else if (!config && what === 'header') row.custom_headers = { 'X-Theirs': `edit ${edits}` };
      // Custom headers push a token aside: with any there the edit would mean nothing.
      else if (!config && what === 'token' && Object.keys(row.custom_headers ?? {}).length === 0)
        row.token = `entered-${edits}`;
      else return false;
      return true;
    },
    bystander: () => structuredClone(fake.state.find(BYSTANDER)),
    count: () => rows().length,
    dispose: async () => {
      await rig[Symbol.asyncDispose]();
      await fake.close();
      await proxy?.close();
    },
  };
}

export async function bifrostWorld(version: BifrostVersion): Promise<World> {
  const rig = SyncRig.inMemory();
  const fake = await startFakeBifrost({
    version,
    admin: ADMIN,
    environment: { A: 'set there', B: 'set there', THEIRS: 'set there', KEY: 'set there too' },
  });
  const remote = await rig.remote({
    kind: 'bifrost',
    name: 'Remote',
    baseUrl: fake.url,
    auth: { type: 'basic', username: ADMIN.username, password: { newSecret: ADMIN.password } },
  });
  const clients = () => fake.state.clients;
  const [hasPrices, namesOnly] = [version !== '1.3', version === '1.3' || version === '1.4'];
  const other = await rig.server({
    name: BYSTANDER,
    transport: { type: 'sse', url: 'https://bystander.example.com/sse', headers: { 'X-By': 'stander' } },
  });
  const { linkId } = await rig.patch(other, remote);
  await rig.sync.unlink(linkId, false);
  await rig.catalog.edit((tx) => tx.remove('servers', other.id));
  let edits = 0;
  return {
    rig,
    remote,
    fake,
    hasStdio: true,
    stored: (id) => {
      const client = clients().find((one) => one.client_id === id);
      if (!client) return undefined;
      const policy = {
        name: client.name,
        execute: client.tools_to_execute.toSorted(),
        autoExecute: client.tools_to_auto_execute.toSorted(),
        codeMode: client.is_code_mode_client,
        ...(hasPrices && { pricing: client.tool_pricing }),
      };
      if (client.connection_type !== 'stdio')
        return {
          ...policy,
          type: client.connection_type === 'http' ? 'streamable_http' : 'sse',
          url: client.connection_string,
          headers: client.auth_type === 'none' ? {} : client.headers,
        };
      const { command = '', args = [], envs = [] } = client.stdio_config ?? {};
      const pairs = envs.map((entry): [string, string] => {
        const cut = entry.indexOf('=');
        return [entry.slice(0, cut), entry.slice(cut + 1)];
      });
      return {
        ...policy,
        type: 'stdio',
        command,
        args,
        env: namesOnly ? envs.toSorted() : Object.fromEntries(pairs),
      };
    },
    meant: (server, references = {}) => ({
      name: server.name,
      execute: server.tools.execute.toSorted(),
      autoExecute: server.tools.execute.length === 0 ? [] : server.tools.autoExecute.toSorted(),
      codeMode: server.codeMode,
      ...(hasPrices && { pricing: server.tools.pricing }),
      ...transportMeant(rig, server, references, namesOnly),
    }),
    edit: (id, what) => {
      const client = clients().find((one) => one.client_id === id);
      if (!client) return false;
      edits += 1;
      const config = client.stdio_config && client.connection_type === 'stdio' ? client.stdio_config : null;
      if (what === 'delete') clients().splice(clients().indexOf(client), 1);
      else if (what === 'rename') client.name = `theirs_${edits}`;
      else if (what === 'execute')
        Object.assign(client, { tools_to_execute: [`theirs_${edits}`], tools_to_auto_execute: [] });
      else if (what === 'price' && hasPrices) client.tool_pricing = { [`theirs_${edits}`]: edits };
      else if (what === 'code') client.is_code_mode_client = !client.is_code_mode_client;
      else if (config && what === 'args') config.args = [`edit-${edits}`];
      else if (config && what === 'env' && !config.envs.some((entry) => entry.startsWith('THEIRS')))
        config.envs.push(namesOnly ? 'THEIRS' : `THEIRS=${edits}`);
      // Where URLs are shown redacted, one that differs in the middle is seen by nobody.
      else if (!config && what === 'url' && version === '1.3')
        client.connection_string = `https://their-${edits}.example.com/mcp`;
      else if (!config && what === 'header')
        Object.assign(client, {
          headers: { 'X-Theirs': `their edit ${edits} ${edits}` },
          auth_type: version === '1.3' ? '' : 'headers',
        });
      else return false;
      return true;
    },
    bystander: () => structuredClone(fake.state.find(BYSTANDER)),
    count: () => clients().length,
    dispose: async () => {
      await rig[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}
