import { afterAll, describe, expect, it } from 'vitest';
import {
  AppError,
  serverInputSchema,
  serverSchema,
  type Server,
  type StoredLink,
} from '../../src-main/contract/index.js';
import type { BifrostVersion } from '../fakes/bifrost/index.js';
import type { Answer, RecordedRequest } from '../fakes/support/fake-server.js';
import { asSaid, asShown, bifrostSays, lettaSays, lowered } from '../support/answer-reader.js';
import { randomOf, spoil, type Random } from '../support/spoil.js';
import { bifrostWorld, lettaWorld, type Plain, type World } from '../support/sync-worlds.js';

/**
 * Answers that are right but for one thing, at any depth, to everything that reads a remote. What is refused changes
 * nothing; what is taken is not believed to be what it is not. `SEED=3 FUZZ_RUNS=2000` tries others and more.
 */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);

const OPERATIONS = ['entries', 'adopt', 'test', 'plan', 'apply', 'take', 'tools', 'refresh'] as const;
type Operation = (typeof OPERATIONS)[number];
type Count = { tried: number; refused: number; taken: number };
const counts = Object.fromEntries(
  OPERATIONS.map((name) => [name, { tried: 0, refused: 0, taken: 0 }]),
) as Record<Operation, Count>;

type Setting = {
  world: World;
  server: Server;
  link: StoredLink;
  says: (answer: unknown) => Plain | undefined;
};

/** A linked server in sync, with something in every field, made anew for each try: a try may change it. */
async function set(version: string, random: Random): Promise<Setting> {
  const isLetta = version.startsWith('0.') || version === 'cloud';
  const world = await (isLetta ? lettaWorld(version) : bifrostWorld(version as BifrostVersion));
  const stdio = world.hasStdio && random() < 0.4;
  const server = await world.rig.server({
    name: 'one',
    transport: stdio
      ? {
          type: 'stdio',
          command: 'npx',
          args: ['-y', 'x'],
          env: { A: '1', B: { newSecret: 'env-secret-1' } },
        }
      : {
          type: random() < 0.5 ? 'sse' : 'streamable_http',
          url: 'https://mcp.example.com/mcp',
          headers: { 'X-Key': { newSecret: 'key-secret-1' }, 'X-Org': 'organisation 7' },
        },
    tools: { execute: ['a', 'b'], autoExecute: ['a'], pricing: { a: 0.5 } },
    codeMode: true,
  });
  const { linkId, outcome } = await world.rig.patch(server, world.remote);
  expect(outcome).toMatchObject({ status: 'synced' });
  const link = world.rig.link(linkId);
  const id = link.remoteEntryId ?? '';
  const says = (answer: unknown): Plain | undefined =>
    isLetta ? lettaSays(answer, id) : bifrostSays(answer, id, version);
  return { world, server, link, says };
}

const READS: Record<Operation, RegExp> = {
  entries: /servers\/$|clients$/,
  adopt: /servers\/.|clients$/,
  test: /./,
  plan: /servers\/$|clients$/,
  apply: /servers\/$|clients$/,
  take: /servers\/$|clients$/,
  tools: /tools$|clients$/,
  refresh: /refresh|reconnect|clients$|servers\/./,
};

/** Spoils the next answer of that kind, as the fake itself would have given it. */
function spoilNext({ world }: Setting, of: RegExp, random: Random) {
  const seen: { what?: string; answer?: unknown } = {};
  world.fake.faults.spoil = (request: RecordedRequest, answer: Answer): Answer => {
    if (seen.what !== undefined || answer.status !== 200 || !of.test(request.path)) return answer;
    const spoilt = spoil(answer.body, random);
    Object.assign(seen, spoilt);
    return { ...answer, body: spoilt.answer };
  };
  return seen;
}

async function perform(operation: Operation, { world, link }: Setting): Promise<unknown> {
  const { rig, remote } = world;
  switch (operation) {
    case 'entries':
      return rig.sync.entries(remote.id);
    case 'adopt':
      await rig.sync.unlink(link.id, false);
      return rig.sync.draft(remote.id, link.remoteEntryId ?? '');
    case 'test':
      return rig.sync.test(remote.id);
    case 'plan':
      return rig.plan(link.id);
    case 'apply':
      return rig.apply(link.id);
    case 'take':
      return rig.apply(link.id, { resolve: { [link.id]: 'remote' } });
    case 'tools':
      return rig.sync.tools(link.id);
    case 'refresh':
      return rig.sync.refreshTools(link.id);
  }
}

const isWord = (value: unknown): boolean => typeof value === 'string';

const isNextPage = (what: string | undefined): boolean => /^clients\.\d+ removed$/.test(what ?? '');

/** What was taken for true must be what the answer says, and what is called equal must be so. */
function believe(
  operation: Operation,
  result: unknown,
  setting: Setting,
  { answer, what }: { answer?: unknown; what?: string },
  version: string,
): boolean {
  const { world, link, server, says } = setting;
  const { rig, meant, stored } = world;
  const now = rig.catalog.link(link.id);
  const local = (): Plain => meant(rig.catalog.server(server.id) as Server);
  const said = says(answer);
  const isLetta = world.remote.kind === 'letta';
  const wanted = (): Plain => lowered(isLetta ? local() : asShown(local(), version));
  switch (operation) {
    case 'entries':
      for (const entry of result as Record<string, unknown>[]) {
        expect(isWord(entry['remoteEntryId']) && entry['remoteEntryId'] !== '').toBe(true);
        expect(isWord(entry['name']) && isWord(entry['transportType'])).toBe(true);
      }
      return true;
    case 'adopt': {
      const draft = serverInputSchema.safeParse(result);
      if (!draft.success) return false;
      if (said && isLetta && !('auth' in draft.data.transport && draft.data.transport.auth.type === 'header'))
        expect(draft.data.transport.type).toBe(said.type);
      return true;
    }
    case 'test':
      expect(Array.isArray((result as { problems: unknown }).problems)).toBe(true);
      return (result as { ok: boolean }).ok;
    case 'plan':
      // Blocked by the answer itself: then nothing is noted. Or by what it says: then the link is not in sync.
      if ((result as { action: string }).action === 'blocked') {
        if (now?.state === 'in_sync') expect(now).toEqual(link);
        return false;
      }
      // What is missing on one page is asked for with the next.
      if (isNextPage(what)) return true;
      if (now?.state === 'in_sync') expect(said).toEqual(wanted());
      else if (said) expect(said).not.toEqual(wanted());
      return true;
    case 'apply':
    case 'take': {
      const { verified } = result as { verified: boolean };
      if (!verified) {
        expect(now?.state).not.toBe('in_sync');
        return false;
      }
      if (operation === 'apply') expect(stored(now?.remoteEntryId)).toEqual(local());
      // Its name there may stay another, where it is none that a server here can have. A value that a gateway shows
      // plainly, though it hides others, is taken as it is shown.
      else if (said) {
        const taken = isLetta ? wanted() : asSaid(local(), version, said);
        expect(said).toEqual({ ...taken, name: now?.remoteName });
      }
      return true;
    }
    case 'tools':
      expect((result as { registered: unknown[] }).registered.every(isWord)).toBe(true);
      return true;
    case 'refresh':
      for (const list of ['added', 'updated', 'deleted'] as const)
        expect((result as Record<string, unknown[]>)[list]?.every(isWord)).toBe(true);
      return true;
  }
}

async function tryOnce(operation: Operation, version: string, random: Random): Promise<void> {
  const setting = await set(version, random);
  const { world, server } = setting;
  const count = counts[operation];
  const bystander = world.bystander();
  const seen = spoilNext(setting, READS[operation], random);
  try {
    count.tried += 1;
    const before = world.rig.catalog.server(server.id);
    let result: unknown;
    try {
      result = await perform(operation, setting);
    } catch (error) {
      // Anything else thrown is a bug.
      expect(error).toBeInstanceOf(AppError);
      count.refused += 1;
      expect(world.rig.catalog.server(server.id)).toBe(before);
      return;
    }
    if (believe(operation, result, setting, seen, version)) count.taken += 1;
    else count.refused += 1;
    const after = world.rig.catalog.server(server.id);
    if (operation !== 'take') expect(after).toBe(before);
    expect(serverSchema.safeParse(after).success).toBe(true);
  } catch (error) {
    throw new Error(`${operation} of ${version}, seed ${SEED}: ${seen.what}`, { cause: error });
  } finally {
    world.fake.faults.spoil = undefined;
    expect(world.bystander()).toEqual(bystander);
    expect(world.count()).toBe(2);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await world.dispose();
  }
}

const VERSIONS = ['0.14.0', '0.15.1', '0.16.6', '0.16.8', 'cloud', '1.3', '1.4', '1.5', '1.6', '2.2'];

describe.each(VERSIONS)('answers of %s with one thing spoiled', (version) => {
  it(`are refused, or taken for what they are (SEED=${SEED})`, async () => {
    const random = randomOf(SEED + VERSIONS.indexOf(version));
    for (let run = 0; run < RUNS; run += 1)
      await tryOnce(OPERATIONS[run % OPERATIONS.length] as Operation, version, random);
  });
});

afterAll(() => {
  const rows = OPERATIONS.map((name) => {
    const { tried, refused, taken } = counts[name];
    return `| ${name} | ${tried} | ${refused} | ${taken} |`;
  });
  process.stdout.write(
    [
      '',
      '| spoiled answers to | tried | refused | taken, and rightly |',
      '|---|---:|---:|---:|',
      ...rows,
      '',
    ].join('\n'),
  );
});
