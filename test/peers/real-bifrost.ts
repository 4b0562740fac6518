import { randomBytes, randomUUID } from 'node:crypto';
import type { BifrostPeer, BifrostTraits, Held } from '../contract/bifrost-peer.js';
import { redact } from '../fakes/bifrost/index.js';
import { startPassThrough } from '../support/pass-through.js';
import { bifrostSpeaker, heldIn, profileOf, type Row, type Speaker, type Ways } from './bifrost-speaker.js';
import { startReachableServers, type ReachableServers } from './reachable-servers.js';

/** A gateway that is really there. The suite's names are its own, and what bears them is removed at the end. */
export type RealBifrost = {
  traits: BifrostTraits;
  /** The clients that are not the suite's own, as they stood before the suite made any. */
  before: unknown;
  open(): Promise<BifrostPeer>;
  /** All clients that are not the suite's own, as they stand. */
  others(): Promise<unknown>;
  /** Names that the suite gave and that are still there. */
  left(): Promise<string[]>;
  close(): Promise<void>;
};

/**
 * Finds out what the gateway can do, by entries that are removed again.
 * @param mcpUrl of an MCP server (streamable HTTP) that the gateway can reach, where it runs on another computer
 * @throws Error where it takes no entry at all
 */
export async function reachRealBifrost(
  url: string,
  ways: Ways,
  mcpUrl: string | undefined,
): Promise<RealBifrost> {
  const speaker = bifrostSpeaker(url, ways);
  const prefix = `jackfield_test_${randomBytes(4).toString('hex')}_`;
  const isOwn = ({ config }: Row): boolean => config.name.startsWith(prefix);
  const others = async (more: (row: Row) => boolean = () => false) =>
    (await speaker.list()).rows
      .filter((row) => !isOwn(row) || more(row))
      .map(({ config, vk_configs }) => ({ config, vk_configs }))
      .toSorted((a, b) => a.config.client_id.localeCompare(b.config.client_id));
  const clear = async (): Promise<void> => {
    for (const row of (await speaker.list()).rows) if (isOwn(row)) await drop(speaker, row.config.client_id);
  };
  const before = await others();
  const servers = await startReachableServers(mcpUrl);
  const traits = await tried(speaker, prefix, servers)
    .finally(clear)
    .catch(async (error: unknown) => {
      await servers.close();
      throw error;
    });
  return {
    traits,
    before,
    others: () => others(),
    left: async () => (await speaker.list()).rows.filter(isOwn).map(({ config }) => config.name),
    close: () => clear().finally(() => servers.close()),
    open: async () => {
      const through = await startPassThrough(url);
      return {
        remote: { baseUrl: through.url, auth: authOf(speaker) },
        prefix,
        ...servers,
        // Where names alone are taken, those that every process has.
        variables: traits.env ? ['JACKFIELD_A', 'JACKFIELD_TOKEN'] : ['HOME', 'PATH'],
        held: async (id) => {
          const row = (await speaker.list()).rows.find(({ config }) => config.client_id === id);
          return row && heldIn(row);
        },
        shown: (fields) => (traits.profile === '1.3' ? fields : redacted(fields)),
        others: () => others(({ config }) => config.name === `${prefix}bystander`),
        writes: through.writes,
        close: () => clear().finally(() => through.close()),
      };
    },
  };
}

function authOf({ auth }: Speaker): BifrostPeer['remote']['auth'] {
  if (auth.type === 'bearer') return { type: 'bearer', token: { newSecret: auth.token } };
  if (auth.type === 'basic') return { ...auth, password: { newSecret: auth.password } };
  return auth;
}

const drop = async ({ call }: Speaker, id: string): Promise<void> =>
  void (await call('DELETE', `/api/mcp/client/${encodeURIComponent(id)}`));

function redacted({ connection_string, headers, ...fields }: Partial<Held>): Partial<Held> {
  return {
    ...fields,
    ...(connection_string != null && { connection_string: redact(connection_string) }),
    ...(headers && {
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, redact(text)])),
    }),
  };
}

/** One entry at a URL tells the profile by its shape, one with a local command whether and how it takes those. */
async function tried(
  speaker: Speaker,
  prefix: string,
  { urls, types, commands }: ReachableServers,
): Promise<BifrostTraits> {
  const create = (name: string, fields: Record<string, unknown>) =>
    speaker.call('POST', '/api/mcp/client', {
      client_id: randomUUID(),
      name: `${prefix}${name}`,
      tools_to_execute: ['*'],
      tools_to_auto_execute: [],
      ...fields,
    });
  const made = await create('probe', {
    connection_type: 'http',
    connection_string: urls.streamable_http[0],
    auth_type: 'headers',
    headers: { 'X-Probe': 'shown or not' },
  });
  const listing = await speaker.list();
  const row = listing.rows.find(({ config }) => config.name === `${prefix}probe`);
  if (made.status !== 200 || !row)
    throw new Error(
      `The gateway takes no entry for ${urls.streamable_http[0]} (${made.status}: ${JSON.stringify(made.body)}). ` +
        'If it runs elsewhere, name an MCP server that it can reach in PEER_MCP_URL; a 2.x without a login takes none on a private address.',
    );
  const profile = profileOf(listing, row);
  const immutable = profile !== '1.3' && profile !== '1.4';
  const local = await create('local', {
    connection_type: 'stdio',
    auth_type: 'none',
    // Those of 1.5 that look `K=V` up as a name take no local command here.
    stdio_config: { command: commands[0], args: ['-y'], envs: [immutable ? 'JACKFIELD_A=1' : 'HOME'] },
  });
  return {
    profile,
    authType: profile !== '1.3',
    pricing: profile !== '1.3',
    immutable,
    env: immutable,
    stdio: local.status === 200,
    types,
  };
}
