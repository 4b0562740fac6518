import { describe } from 'vitest';
import { lettaContract } from '../contract/letta-contract.js';
import type { Held, LettaPeer } from '../contract/letta-peer.js';
import {
  effectiveHeaders,
  startFakeLetta,
  type FakeLetta,
  type FakeLettaOptions,
  type Row,
} from '../fakes/letta/index.js';
import { startFakeProxy } from '../fakes/support/connect-proxy.js';

const PROFILES = [
  { profile: 'flat', options: { version: '0.14.0' }, stdio: true },
  { profile: 'nested', options: { version: '0.15.1' }, stdio: true },
  { profile: 'nested', options: { version: '0.16.6', stdio: true }, stdio: true },
  { profile: 'guarded', options: { version: '0.16.8', stdio: true }, stdio: true },
  { profile: 'guarded', options: { version: '0.16.8' }, stdio: false },
  { profile: 'cloud', options: { version: 'cloud', password: 'key-of-the-cloud' }, stdio: false },
] satisfies { profile: string; options: FakeLettaOptions; stdio: boolean }[];

function heldIn(row: Row): Held {
  const { server_name, server_type } = row;
  if (server_type !== 'stdio')
    return { server_name, server_type, server_url: row.server_url, headers: effectiveHeaders(row) };
  const { command, args, env } = row.stdio_config ?? {};
  return { server_name, server_type, command, args, env: env ?? {} };
}

const TOOLED = { command: 'offers-tools', args: [], tools: ['write', 'read'] };

async function openFake(profile: string, options: FakeLettaOptions): Promise<LettaPeer> {
  const fake: FakeLetta = await startFakeLetta({
    ...options,
    tools: ({ stdio_config }) => (stdio_config?.command === TOOLED.command ? TOOLED.tools : []),
    unreachable: ({ server_url }) =>
      server_url?.includes('nobody.invalid') ? 'Cannot resolve hostname: nobody.invalid' : undefined,
  });
  // The cloud is known by its host name, which only a proxy can give to a fake.
  const proxy = profile === 'cloud' ? await startFakeProxy(fake.url) : undefined;
  const { password } = options;
  const row = (id: string | undefined): Row | undefined => fake.state.rows.find((one) => one.id === id);
  return {
    remote: {
      baseUrl: proxy ? 'http://api.letta.com' : fake.url,
      ...(password !== undefined && { auth: { type: 'bearer', token: { newSecret: password } } }),
    },
    profile,
    prefix: '',
    tooled: TOOLED,
    ...(proxy && { proxy: proxy.url }),
    held: async (id) => {
      const found = row(id);
      return found && heldIn(found);
    },
    others: async () => structuredClone(fake.state.find('bystander')),
    idOf: async (name) => fake.state.find(name)?.id,
    enterToken: async (id, token) => {
      const found = row(id);
      if (found) found.token = token;
      return true;
    },
    drop: async (id) => {
      const found = row(id);
      if (found) fake.state.rows.splice(fake.state.rows.indexOf(found), 1);
    },
    writes: () => fake.requests.filter(({ method }) => method !== 'GET').length,
    inside: (id) => {
      const found = row(id);
      return { nameInConfig: found?.stdio_config?.server_name, token: found?.token ?? null };
    },
    close: async () => {
      await fake.close();
      await proxy?.close();
    },
  };
}

describe.each(PROFILES)('Letta $options.version ($profile, stdio: $stdio)', ({ profile, options, stdio }) =>
  lettaContract(() => openFake(profile, options), stdio),
);
