import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readCatalog } from '../../src-main/catalog/read-catalog.js';
import {
  methods,
  remoteInputSchema,
  serverInputSchema,
  type MethodName,
} from '../../src-main/contract/index.js';
import { Host } from '../support/host.js';
import type { WireError } from '../support/rpc-client.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = {
  type?: string;
  const?: Json;
  enum?: Json[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
};
type Row = { tried: number; refused: number; withPath: number; crashes: number; changes: number };

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const PER_METHOD = 40;
const table = new Map<string, Row>();
const rowOf = (what: string): Row => {
  const row = table.get(what) ?? { tried: 0, refused: 0, withPath: 0, crashes: 0, changes: 0 };
  table.set(what, row);
  return row;
};

/** Something that fits a JSON schema well enough to get past its door. */
function sample(schema: Schema, pick: number): Json {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[pick % schema.enum.length] ?? null;
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return sample(branches[pick % branches.length] ?? {}, pick);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, sample(inner, pick)]),
      );
    case 'array':
      return pick % 2 ? [] : [sample(schema.items ?? {}, pick)];
    case 'string':
      return ['x', 'https://a.example/', 'A_NAME'][pick % 3] ?? '';
    case 'integer':
    case 'number':
      return 1 + (pick % 5);
    case 'boolean':
      return pick % 2 === 0;
    default:
      return {};
  }
}

const deep = (levels: number): Json => (levels === 0 ? [] : [deep(levels - 1)]);
const ODD: Json[] = [
  null,
  true,
  -1,
  1e308,
  0.1,
  '',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '${HOME}',
  'x'.repeat(200_000),
  [],
  [[null]],
  {},
  { __proto__x: 1, constructor: { prototype: {} } },
  JSON.parse('{"__proto__":{"polluted":true}}') as Json,
  { secret: 'sec-00000000-0000-4000-8000-000000000000' },
  { newSecret: '' },
  deep(500),
];

/** The value with something wrong at one place of it. */
function spoil(value: Json, [at, what, how]: readonly [number, number, number]): Json {
  const odd = ODD[what % ODD.length] ?? null;
  if (typeof value !== 'object' || value === null) return odd;
  const keys = Object.keys(value);
  if (keys.length === 0 || how % 5 === 0)
    return Array.isArray(value) ? [...value, odd] : { ...value, [`odd${what}`]: odd };
  const key = keys[at % keys.length] ?? '';
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, Json>;
  if (how % 5 === 1) delete copy[key];
  else if (how % 5 === 2) copy[key] = odd;
  else copy[key] = spoil(copy[key] ?? null, [at >> 2, what, how >> 1]);
  return copy as Json;
}

const spoilers = (count: number): (readonly [number, number, number])[] =>
  fc.sample(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { numRuns: count, seed });

const schemaOf = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Schema;
const INSIDE: Partial<Record<MethodName, [string, z.ZodType]>> = {
  'server.create': ['server', serverInputSchema],
  'remote.create': ['remote', remoteInputSchema],
};

function paramsFor(method: MethodName, pick: number): Json {
  const params = sample(schemaOf(methods[method].params), pick) as Record<string, Json>;
  const [key, schema] = INSIDE[method] ?? [];
  return key && schema ? { ...params, [key]: sample(schemaOf(schema), pick) } : params;
}

describe(`bad input (SEED=${seed})`, () => {
  let home: string;
  let host: Awaited<ReturnType<typeof Host.start>>;
  let hostile: Server;
  let answer = '';
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'jackfield-bad-'));
    host = await Host.start({ env: { HOME: home, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } });
    hostile = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(answer);
    });
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', () => resolve()));
  });
  afterAll(async () => {
    const line = (cells: unknown[]): string => `| ${cells.join(' | ')} |\n`;
    process.stdout.write(
      `\nBad input, SEED=${seed}\n` +
        line(['input', 'tried', 'refused', 'with a path', 'crashes', 'state changes']) +
        [...table]
          .map(([what, row]) => line([what, row.tried, row.refused, row.withPath, row.crashes, row.changes]))
          .join(''),
    );
    hostile.close();
    await host[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  const state = async (): Promise<string> => {
    const { servers, remotes, links, settings } = await host.client.call('app.snapshot', {});
    return JSON.stringify({ servers, remotes, links, settings });
  };

  /** Sends it, and counts how it was taken. What is refused must leave everything as it was. */
  async function send(what: string, method: string, params: unknown): Promise<void> {
    const row = rowOf(what);
    row.tried += 1;
    const before = await state();
    const fault = await host.client.raw(method, params).then(
      (result) => {
        // A plan says for itself what it could not take.
        if ((result as { problems?: unknown[] }).problems?.length) row.refused += 1;
        return undefined;
      },
      (error: unknown) => error as WireError,
    );
    if (!fault) return;
    row.refused += 1;
    if (fault.data?.issues?.length) row.withPath += 1;
    if (fault.code === -32603 || fault.code === undefined) row.crashes += 1;
    if ((await state()) !== before) row.changes += 1;
    expect(fault.data, `${method} ${JSON.stringify(params).slice(0, 500)}`).toBeDefined();
  }

  const mustBeSound = (what: string): void => {
    const { crashes, changes, tried } = rowOf(what);
    expect(tried).toBeGreaterThan(0);
    expect({ crashes, changes, stderr: host.stderr }).toEqual({ crashes: 0, changes: 0, stderr: '' });
  };

  it('of every method is refused or taken, never half', async () => {
    for (const method of Object.keys(methods) as MethodName[])
      for (const [index, spoiler] of spoilers(PER_METHOD).entries())
        await send('RPC params', method, spoil(paramsFor(method, index), spoiler));
    mustBeSound('RPC params');
  }, 300_000);

  it('as a frame is answered as the standard has it', async () => {
    const row = rowOf('frames');
    for (const text of fc.sample(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), {
      numRuns: 500,
      seed,
    })) {
      row.tried += 1;
      const reply = (await host.client.sendText(text)) as { error?: { code: number } };
      if (reply.error) row.refused += 1;
      expect([-32700, -32600]).toContain(reply.error?.code);
    }
    mustBeSound('frames');
  }, 120_000);

  it('as an import is planned or refused', async () => {
    const good = JSON.stringify({
      mcpServers: { a: { command: 'npx', args: ['-y', 'a'], env: { A: 'b' } } },
    });
    const texts = spoilers(300).map(([at, what, how]) => {
      if (how % 3) return JSON.stringify(spoil(JSON.parse(good) as Json, [at, what, how]));
      return good.slice(0, at % good.length) + String(ODD[what % ODD.length]).slice(0, 2_000);
    });
    const names = ['a.json', 'a.toml', 'a.yaml', undefined];
    for (const [index, text] of texts.entries()) {
      const fileName = names[index % names.length];
      await send('import files', 'import.preview', { source: { text, ...(fileName && { fileName }) } });
    }
    mustBeSound('import files');
  }, 120_000);

  it.each(['letta', 'bifrost'] as const)(
    'from a remote (%s) is believed in nothing',
    async (kind) => {
      const { port } = hostile.address() as AddressInfo;
      const { remote } = await host.client.call('remote.create', {
        remote: { kind, name: `hostile ${kind}`, baseUrl: `http://127.0.0.1:${port}` },
      });
      const entry = {
        id: 'mcp_server-1',
        server_name: 'a',
        server_type: 'stdio',
        clients: [{ config: { name: 'a' } }],
      };
      for (const [index, spoiler] of spoilers(60).entries()) {
        const whole = spoil(index % 2 ? [entry] : { clients: [entry], data: [entry], count: 1 }, spoiler);
        answer = index % 7 ? JSON.stringify(whole) : JSON.stringify(whole).slice(0, 20);
        await send('remote answers', 'remote.entries', { id: remote.id });
        await send('remote answers', 'remote.adopt', { id: remote.id, remoteEntryId: 'mcp_server-1' });
      }
      mustBeSound('remote answers');
    },
    300_000,
  );

  it('as a catalog file is read, read in part, or set aside whole', () => {
    const row = rowOf('catalog files');
    const catalog = {
      schemaVersion: 1,
      salt: 'x'.repeat(20),
      settings: {},
      servers: [],
      remotes: [],
      links: [],
    };
    const server = { id: 's', revision: 1, ...(sample(schemaOf(serverInputSchema), 0) as object) };
    for (const spoiler of spoilers(2_000)) {
      row.tried += 1;
      const text = JSON.stringify(spoil({ ...catalog, servers: [server] } as unknown as Json, spoiler));
      const reading = readCatalog(Buffer.from(text));
      if (reading.kind !== 'whole') row.refused += 1;
      if (reading.kind === 'partly' && reading.faults.length > 0) row.withPath += 1;
    }
    expect(row.refused).toBeGreaterThan(100);
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });
});
