import { writeSync } from 'node:fs';
import { installFileFaults, withKeychainFaults } from './faults.js';
import type { Entity, Kind, Model, Plan, Report } from './plan.js';
import { Random } from './random.js';

// The process that is killed. It opens catalog and vault as the app does and edits at random, through the app's own
// functions, three edits at a time, until somebody ends it.

const plan = JSON.parse(process.argv[2] as string) as Plan;
const LANES = 3;
const EDITS_A_LANE = 60;
const MOST_ENTITIES = 14;

/** Straight into a pipe, so that what was said before a kill is heard. */
function report(line: Report): void {
  writeSync(3, `${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  await installFileFaults(plan.fault);
  const { Catalog } = await import('../../src-main/catalog/catalog.js');
  const { Vault, secretIdsOf } = await import('../../src-main/vault/vault.js');
  const { launchNodeHelper } = await import('../../src-main/vault/node-helper.js');
  const { createEntity, removeEntity, updateEntity, REMOTES, SERVERS } =
    await import('../../src-main/app/entities.js');
  const catalog = await Catalog.open({ dataDir: plan.dataDir });
  const launchHelper = withKeychainFaults(() => launchNodeHelper(plan.helper), plan.fault);
  const vault = await Vault.open({ dataDir: plan.dataDir, launchHelper, storage: () => 'keychain' });
  const referenced = [...catalog.servers(), ...catalog.remotes()].flatMap((one) => [...secretIdsOf(one)]);
  const swept = vault.sweep(new Set(referenced));
  report({ say: 'open' });
  const parts = { catalog, vault, undo: { note: () => undefined } };

  const random = new Random(plan.seed);
  const model: Model = structuredClone(plan.known);
  const busy = new Set<string>();
  let count = 0;

  const idOf = (kind: Kind, name: string): string => {
    const list = kind === 'server' ? catalog.servers() : catalog.remotes();
    return list.find((one) => one.name === name)?.id as string;
  };
  const perform = async (name: string, now: Entity | undefined, next: Entity | null): Promise<void> => {
    const { kind } = (next ?? now) as Entity;
    const of = (kind === 'server' ? SERVERS : REMOTES) as typeof SERVERS;
    if (!next) await removeEntity(parts, of, idOf(kind, name));
    else if (!now) await createEntity(parts, of, inputOf(name, next, {}));
    else await updateEntity(parts, of, { id: idOf(kind, name), patch: inputOf(name, next, now.secrets) });
  };
  const lane = async (): Promise<void> => {
    for (let edit = 0; edit < EDITS_A_LANE; edit += 1) {
      count += 1;
      const { name, next } = chooseEdit(random, model, busy, `${plan.seed}-${count}`);
      const now = model[name];
      busy.add(name);
      report({ say: 'begin', name, next });
      try {
        await perform(name, now, next);
        report({ say: 'done', name });
        if (next) model[name] = next;
        else delete model[name];
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (code === undefined || code === 'invalid') report({ say: 'bug', message });
        report({ say: 'refused', name, code: code ?? 'bug' });
      }
      busy.delete(name);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await swept.catch(() => undefined);
  await vault.dispose();
  await catalog.close();
}

function chooseEdit(
  random: Random,
  model: Model,
  busy: ReadonlySet<string>,
  stamp: string,
): { name: string; next: Entity | null } {
  const free = Object.keys(model).filter((name) => !busy.has(name));
  if (free.length === 0 || (Object.keys(model).length < MOST_ENTITIES && random.chance(0.35)))
    return { name: `n${stamp}`, next: newEntity(random, stamp) };
  const name = random.pick(free);
  const now = model[name] as Entity;
  if (random.chance(0.25)) return { name, next: null };
  return { name, next: { ...now, stamp, secrets: changedSecrets(random, now, stamp) } };
}

function newEntity(random: Random, stamp: string): Entity {
  const kind = random.chance(0.7) ? 'server' : 'remote';
  const fields = kind === 'server' ? ['A', 'B'].slice(0, random.below(3)) : ['token'];
  return {
    kind,
    stamp,
    secrets: Object.fromEntries(fields.map((field) => [field, `MARK-${stamp}-${field}`])),
  };
}

/** Replaces one, adds one, takes one away, or leaves them as they are. */
function changedSecrets(random: Random, { kind, secrets }: Entity, stamp: string): Record<string, string> {
  const field = kind === 'server' ? random.pick(['A', 'B']) : 'token';
  const value = `MARK-${stamp}-${field}`;
  if (random.chance(0.6)) return { ...secrets, [field]: value };
  if (kind === 'remote' || random.chance(0.5)) return secrets;
  const { [field]: _gone, ...rest } = secrets;
  return rest;
}

/** The input or patch that leads to `next`. */
function inputOf(name: string, next: Entity, before: Record<string, string>): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(next.secrets))
    if (before[field] !== value) changed[field] = { newSecret: value };
  for (const field of Object.keys(before)) if (!(field in next.secrets)) changed[field] = null;
  if (next.kind === 'server')
    return {
      name,
      description: next.stamp,
      transport: { type: 'stdio', command: 'true', env: changed },
    };
  return {
    name,
    kind: 'letta',
    baseUrl: 'https://letta.example.org',
    headers: { 'X-Stamp': next.stamp },
    ...('token' in changed && { auth: { type: 'bearer', token: changed['token'] } }),
  };
}

await main();
