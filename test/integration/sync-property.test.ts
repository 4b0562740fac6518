import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Server } from '../../src-main/contract/index.js';
import type { BifrostVersion } from '../fakes/bifrost/index.js';
import type { Fault } from '../fakes/support/faults.js';
import {
  bifrostWorld,
  BYSTANDER,
  lettaWorld,
  REMOTE_EDITS,
  type Plain,
  type RemoteEdit,
  type World,
} from '../support/sync-worlds.js';

/**
 * After any sequence of local edits, remote edits, faults, restarts, plans and applies:
 * what is called in sync is equal on both sides, unless somebody has edited the remote since it was looked at;
 * no edit of the remote is overwritten unasked, and no server here is changed but by taking the remote's side;
 * an entry that no link names stays as it is;
 * and once all is well again everything gets in sync, with exactly one entry each.
 *
 * `SYNC_RUNS=1000` tries more of them, `SEED=7` the same ones again.
 */
type Act =
  | { act: 'edit'; at: number; patch: Record<string, unknown> }
  | { act: 'theirs'; at: number; what: RemoteEdit }
  | { act: 'fault'; fault: Fault; on: { method?: string } }
  | { act: 'refer'; at: number; isOn: boolean }
  | { act: 'plan' | 'restart' }
  | { act: 'cancel' | 'retry'; at: number }
  | { act: 'apply' | 'race'; resolve: 'local' | 'remote' | undefined; consent: boolean; patch: object };

const word = fc.constantFrom('alpha', 'beta', 'gamma', 'a-long-word-of-many-letters', 'delta');
const localEdit = fc.oneof(
  word.map((text) => ({ transport: { type: 'sse', url: `https://${text}.example.com/mcp` } })),
  word.map((text) => ({ transport: { type: 'streamable_http', url: `https://${text}.example.com/mcp` } })),
  word.map((text) => ({ transport: { url: `https://${text}.example.com/mcp` } })),
  word.map((text) => ({ transport: { type: 'stdio', command: text, args: [text] } })),
  word.map((text) => ({ transport: { args: [text, ''] } })),
  word.map((text) => ({ transport: { env: { A: text } } })),
  word.map((text) => ({ transport: { env: { B: { newSecret: `env-${text}-tail` } } } })),
  fc.constant({ transport: { env: { A: null, B: null } } }),
  word.map((text) => ({ transport: { headers: { 'X-Key': { newSecret: `key-${text}-tail` } } } })),
  word.map((text) => ({ transport: { headers: { 'X-Plain': text } } })),
  fc.constant({ transport: { headers: { 'X-Key': null } } }),
  word.map((text) => ({
    transport: {
      auth: { type: 'header', header: 'Authorization', token: { newSecret: `Bearer ${text}-token` } },
    },
  })),
  fc.constant({ transport: { auth: { type: 'none' } } }),
  word.map((text) => ({ tools: { execute: [text, 'zeta'], autoExecute: ['zeta'] } })),
  fc.constant({ tools: { execute: [], autoExecute: [] } }),
  fc.constant({ tools: { execute: ['*'], autoExecute: ['*'] } }),
  word.map((text) => ({ tools: { pricing: { [text]: 0.5 } } })),
  fc.constant({ tools: { pricing: { alpha: null, beta: null } } }),
  fc.boolean().map((codeMode) => ({ codeMode })),
  fc.constantFrom('one', 'two', BYSTANDER, 'four').map((name) => ({ name })),
);

const fault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
  { kind: 'drop' },
  { kind: 'drop-after-commit' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 500, commits: true },
  { kind: 'status', status: 502, commits: true },
  { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  { kind: 'status', status: 401 },
  { kind: 'lie' },
  { kind: 'truncate' },
  { kind: 'html' },
);
const on = fc.constantFrom<{ method?: string }>(
  {},
  { method: 'POST' },
  { method: 'PUT' },
  { method: 'PATCH' },
  { method: 'DELETE' },
  { method: 'GET' },
);

const at = fc.nat(1);
const wish = {
  resolve: fc.constantFrom(undefined, undefined, 'local' as const, 'remote' as const),
  consent: fc.boolean(),
  patch: localEdit,
};
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant('edit' as const), at, patch: localEdit }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('theirs' as const), at, what: fc.constantFrom(...REMOTE_EDITS) }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('fault' as const), fault, on }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('refer' as const), at, isOn: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('plan' as const, 'restart' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('cancel' as const, 'retry' as const), at }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('apply' as const), ...wish }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('race' as const), ...wish }) },
);

/** Plays one sequence, and knows what may be expected after each act. */
class Play {
  readonly ids: string[] = [];
  /** What somebody made of an entry that nobody here has said anything about yet. */
  readonly #theirs = new Map<string, Plain>();
  /** Links whose entry was edited since it was looked at. */
  readonly #unseen = new Set<string>();
  /** Names that entries of ours have had. */
  readonly #held = new Set<string>();
  readonly #bystander: unknown;
  #servers: Server[] = [];

  constructor(private readonly world: World) {
    this.#bystander = world.bystander();
  }

  async begin(): Promise<void> {
    const { rig, remote, hasStdio } = this.world;
    const http = (name: string) => ({
      name,
      transport: { type: 'sse' as const, url: `https://${name}.example.com/mcp` },
    });
    const stdio = { name: 'two', transport: { type: 'stdio' as const, command: 'npx', args: ['x'] } };
    this.#servers = [await rig.server(http('one')), await rig.server(hasStdio ? stdio : http('two'))];
    for (const { id } of this.#servers) this.ids.push((await rig.sync.link(id, remote.id)).id);
  }

  server(index: number): Server {
    return this.world.rig.catalog.server(this.#servers[index]?.id ?? '') as Server;
  }

  #isEqual(id: string): void {
    const { rig, stored, meant } = this.world;
    const { remoteEntryId, references } = rig.link(id);
    const wanted = meant(this.server(this.ids.indexOf(id)), references);
    const there = stored(remoteEntryId);
    // A name is not taken from the other entry that has it: this one gets a number, and keeps it.
    const name = String(wanted['name']);
    const isNumbered = this.#held.has(name) && [`${name}-2`, `${name}_2`].includes(String(there?.['name']));
    expect(there).toEqual(isNumbered ? { ...wanted, name: there?.['name'] } : wanted);
  }

  async do(step: Act): Promise<void> {
    const { rig, fake } = this.world;
    const before = this.#servers.map((_one, index) => this.server(index));
    switch (step.act) {
      case 'edit':
        return this.tryEdit(step.at, step.patch);
      case 'theirs':
        return this.#edit(step.at, step.what);
      case 'fault':
        return fake.faults.add(step.fault, step.on);
      case 'refer':
        await rig.sync.setReferences(
          this.ids[step.at] ?? '',
          step.isOn
            ? { 'transport.headers.X-Key': this.world.remote.kind === 'letta' ? '{{ KEY }}' : 'env.KEY' }
            : {},
        );
        return;
      case 'plan': {
        const steps = await rig.sync.plan();
        // One that could not be asked, or took no notice, says so.
        for (const { linkId, action } of steps) if (action === 'none') this.#unseen.delete(linkId);
        return;
      }
      case 'restart':
        await rig.restart();
        return rig.sync.resume();
      case 'cancel':
        return void (await rig.sync.cancel(this.ids[step.at] ?? ''));
      case 'retry': {
        const id = this.ids[step.at] ?? '';
        const { resolve } = rig.link(id).outbox ?? {};
        if (resolve) this.#theirs.delete(id);
        this.#heard([await rig.sync.retry(id)], before, resolve);
        return;
      }
      case 'apply':
      case 'race':
        return this.#apply(step, before);
    }
  }

  async #apply({ act, resolve, consent, patch }: Act & { act: 'apply' | 'race' }, before: Server[]) {
    const { rig } = this.world;
    if (resolve) this.#theirs.clear();
    const applying = rig.sync.apply({
      ...(resolve && { resolve: Object.fromEntries(this.ids.map((id) => [id, resolve])) }),
      consent: consent ? ['replace', 'rename', 'delete'] : [],
    });
    if (act === 'race') await this.tryEdit(0, patch as Record<string, unknown>);
    const outcomes = await applying;
    if (act === 'apply') this.#heard(outcomes, before, resolve);
    else for (const { linkId } of outcomes) this.#unseen.delete(linkId);
  }

  #heard(
    outcomes: { linkId: string; status: string; verified: boolean }[],
    before: Server[],
    resolve: 'local' | 'remote' | undefined,
  ): void {
    for (const { linkId, status, verified } of outcomes) {
      const isSynced = status === 'synced' || status === 'unchanged';
      expect(verified).toBe(isSynced);
      if (!isSynced) continue;
      this.#unseen.delete(linkId);
      this.#theirs.delete(linkId);
      this.#isEqual(linkId);
    }
    if (resolve !== 'remote') before.forEach((server, index) => expect(this.server(index)).toBe(server));
  }

  #edit(index: number, what: RemoteEdit): void {
    const { rig, edit, stored } = this.world;
    const id = this.ids[index] ?? '';
    const { remoteEntryId, outbox } = rig.link(id);
    if (!edit(remoteEntryId, what)) return;
    this.#unseen.add(id);
    const now = stored(remoteEntryId);
    // What waits may go out by itself at any moment, with what was said when it was wished for.
    if (now && !outbox) this.#theirs.set(id, now);
    else this.#theirs.delete(id);
  }

  /** An edit that the schema of a server refuses is no edit. */
  async tryEdit(index: number, patch: Record<string, unknown>): Promise<void> {
    await this.world.rig.update(this.server(index).id, patch).catch(() => undefined);
  }

  async look(): Promise<void> {
    const { rig, stored, bystander } = this.world;
    // What an edit means for links is noted right after it.
    await tick();
    expect(bystander()).toEqual(this.#bystander);
    for (const id of this.ids) {
      const { state, remoteEntryId, outbox } = rig.link(id);
      this.#held.add(String(stored(remoteEntryId)?.['name']));
      if (outbox) this.#theirs.delete(id);
      if (state === 'in_sync' && !this.#unseen.has(id)) this.#isEqual(id);
      const theirs = this.#theirs.get(id);
      if (theirs) expect(stored(remoteEntryId)).toEqual(theirs);
    }
  }

  /** All is well again, and this computer's side counts. */
  async end(): Promise<void> {
    const { rig, fake, hasStdio, count } = this.world;
    fake.faults.clear();
    for (const index of [0, 1]) {
      if (this.server(index).name === BYSTANDER)
        await rig.update(this.server(index).id, { name: `last${index}` });
      if (!hasStdio && this.server(index).transport.type === 'stdio')
        await rig.update(this.server(index).id, {
          transport: { type: 'sse', url: 'https://last.example.com' },
        });
    }
    const local = Object.fromEntries(this.ids.map((id) => [id, 'local' as const]));
    for (let round = 0; round < 2; round += 1)
      await rig.sync.apply({ resolve: local, consent: ['replace', 'rename', 'delete'] });
    for (const id of this.ids) {
      expect(rig.link(id)).toMatchObject({ state: 'in_sync' });
      this.#isEqual(id);
    }
    expect(count()).toBe(3);
  }
}

const WORLDS: [string, () => Promise<World>][] = [
  ...['0.14.0', '0.15.1', '0.16.6', '0.16.8', 'cloud'].map((version): [string, () => Promise<World>] => [
    `Letta ${version}`,
    () => lettaWorld(version),
  ]),
  ...(['1.3', '1.4', '1.5', '1.6', '2.2'] as BifrostVersion[]).map(
    (version): [string, () => Promise<World>] => [`Bifrost ${version}`, () => bifrostWorld(version)],
  ),
];

describe('whatever happens', () => {
  it.each(WORLDS)('%s: what is called in sync is equal on both sides', async (_name, make) => {
    const { SYNC_RUNS = 15, SEED } = process.env;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 16 }), async (acts) => {
        const world = await make();
        try {
          const play = new Play(world);
          await play.begin();
          for (const step of acts) {
            await play.do(step);
            await play.look();
          }
          await play.end();
        } finally {
          await world.dispose();
        }
      }),
      { numRuns: Number(SYNC_RUNS), ...(SEED !== undefined && { seed: Number(SEED) }) },
    );
  });
});
