import { writeSync } from 'node:fs';
import { installFileFaults } from './faults.js';
import type { Entity, How, Model, Plan, Report } from './plan.js';
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
  const { openDesk } = await import('./desk.js');
  const desk = await openDesk(plan);
  report({ say: 'open' });

  const random = new Random(plan.seed);
  const model: Model = structuredClone(plan.known);
  const busy = new Set<string>();
  /** What each name was before each edit of this run that can be taken back, the last one last. */
  const past = new Map<string, (Entity | null)[]>();
  let count = 0;
  let under = 0;
  let waiting = Promise.resolve();

  const told = async ({ name, next, how }: Chosen, work: () => Promise<void>): Promise<void> => {
    busy.add(name);
    report({ say: 'begin', name, next });
    try {
      await work();
      report({ say: 'done', name, how });
      if (next) model[name] = next;
      else delete model[name];
    } catch (error) {
      refused(name, error);
    }
    busy.delete(name);
  };
  const editOne = async (): Promise<void> => {
    count += 1;
    const chosen = chooseEdit(random, { model, busy, past }, `${plan.seed}-${count}`);
    const { name, next, how } = chosen;
    const now = model[name];
    await told(chosen, async () => {
      await desk.perform(how, name, now, next);
      const before = past.get(name) ?? [];
      if (how === 'undo') past.set(name, before.slice(0, -1));
      else if (how === 'move') past.set(name, before.map(moved));
      else past.set(name, [...before, now ?? null]);
    });
  };
  /** Alone: it touches everything at once. */
  const restore = async (): Promise<void> => {
    const found = await desk.chooseBackup(random, model);
    if (!found) return;
    const names = Object.entries(found.next);
    for (const [name, next] of names) report({ say: 'begin', name, next });
    try {
      await found.restore();
      for (const [name, next] of names) {
        report({ say: 'done', name, how: 'restore' });
        model[name] = next;
      }
      past.clear();
    } catch (error) {
      for (const [name] of names) refused(name, error);
    }
  };
  const lane = async (): Promise<void> => {
    for (let edit = 0; edit < EDITS_A_LANE; edit += 1) {
      await waiting;
      if (random.chance(0.03)) {
        waiting = waiting.then(async () => {
          while (under > 0) await new Promise((resolve) => setImmediate(resolve));
          await restore();
        });
        continue;
      }
      under += 1;
      await editOne();
      under -= 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await waiting;
  await desk.close();
}

function refused(name: string, error: unknown): void {
  const { code, message } = error as { code?: string; message: string };
  if (code === undefined || code === 'invalid' || code === 'revision_conflict')
    report({ say: 'bug', message });
  report({ say: 'refused', name, code: code ?? 'bug' });
}

/** A state from before a move, as an undo brings it back after it. */
function moved(state: Entity | null): Entity | null {
  if (state?.plain === undefined) return state;
  const { plain, ...rest } = state;
  return { ...rest, secrets: { ...rest.secrets, P: plain } };
}

type Chosen = { name: string; next: Entity | null; how: How };

function chooseEdit(
  random: Random,
  of: { model: Model; busy: ReadonlySet<string>; past: ReadonlyMap<string, (Entity | null)[]> },
  stamp: string,
): Chosen {
  const { model, busy, past } = of;
  const undoable = [...past].filter(([name, states]) => states.length > 0 && !busy.has(name));
  if (undoable.length > 0 && random.chance(0.2)) {
    const [name, states] = random.pick(undoable);
    return { name, next: states.at(-1) ?? null, how: 'undo' };
  }
  const free = Object.keys(model).filter((name) => !busy.has(name));
  if (free.length === 0 || (Object.keys(model).length < MOST_ENTITIES && random.chance(0.35)))
    return { name: `n${stamp}`, next: newEntity(random, stamp), how: 'edit' };
  const name = random.pick(free);
  const now = model[name] as Entity;
  if (now.plain !== undefined && random.chance(0.4)) return { name, next: moved(now), how: 'move' };
  if (random.chance(0.25)) return { name, next: null, how: 'edit' };
  return { name, next: { ...now, stamp, secrets: changedSecrets(random, now, stamp) }, how: 'edit' };
}

function newEntity(random: Random, stamp: string): Entity {
  const kind = random.chance(0.7) ? 'server' : 'remote';
  const fields = kind === 'server' ? ['A', 'B'].slice(0, random.below(3)) : ['token'];
  return {
    kind,
    stamp,
    secrets: Object.fromEntries(fields.map((field) => [field, `MARK-${stamp}-${field}`])),
    ...(kind === 'server' && random.chance(0.4) && { plain: `PLAIN-${stamp}-P` }),
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

await main();
