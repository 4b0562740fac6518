import { writeSync } from 'node:fs';
import { changed, chooseEdit, moved, type Chosen } from './choose.js';
import { installFileFaults } from './faults.js';
import type { Refused } from './inside.js';
import type { Entity, Model, Plan, Report } from './plan.js';
import { Random } from './random.js';

// The process that is killed. It opens the app and edits at random, three edits at a time, until somebody ends it.

const plan = JSON.parse(process.argv[2] as string) as Plan;
const LANES = 3;
const EDITS_A_LANE = 60;

/** Straight into a pipe, so that what was said before a kill is heard. */
function report(line: Report): void {
  writeSync(3, `${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  await installFileFaults(plan.fault);
  const { openDesk } = await import('./desk.js');
  const desk = await openDesk(plan, (what, error) => report({ say: 'bug', message: `${what}: ${error}` }));
  report({ say: 'open' });

  const random = new Random(plan.seed);
  const model: Model = structuredClone(plan.known);
  const busy = new Set<string>();
  const past = new Map<string, (Entity | null)[]>();
  let count = 0;
  let under = 0;
  let waiting = Promise.resolve();

  const refused = (name: string, error: unknown): void => {
    const { message, code, isMeant } = error as Refused;
    if (!isMeant || code === 'revision_conflict') report({ say: 'bug', message: `${name}: ${message}` });
    report({ say: 'refused', name });
  };
  const remember = (name: string, before: Entity | undefined): void => {
    past.set(name, [...(past.get(name) ?? []), before ?? null]);
  };
  const edit = async ({ name, next, how }: Chosen): Promise<void> => {
    const now = model[name];
    report({ say: 'begin', name, next });
    try {
      await desk.perform(how, name, now, next);
    } catch (error) {
      return refused(name, error);
    }
    report({ say: 'done', name, how });
    if (next) model[name] = next;
    else delete model[name];
    const before = past.get(name) ?? [];
    if (how === 'undo') past.set(name, before.slice(0, -1));
    else if (how === 'move')
      past.set(
        name,
        before.map((state) => state && moved(state)),
      );
    else remember(name, now);
  };
  /** Two windows with the same revision before them: one is saved, the other is told. */
  const race = async (name: string, nexts: [Entity, Entity]): Promise<void> => {
    const now = model[name] as Entity;
    report({ say: 'begin', name, next: nexts[0], rival: nexts[1] });
    const ended = await desk.race(name, now, nexts);
    const winner = ended.indexOf('saved');
    if (ended.every((one) => one === 'saved'))
      report({ say: 'bug', message: `both edits of one revision of ${name} were saved` });
    // That somebody else was quicker is a good reason only where somebody was: `refused` finds fault with it.
    if (winner < 0) return ended.forEach((error) => refused(name, error));
    report({ say: 'done', name, how: 'race', won: winner === 1 });
    remember(name, now);
    model[name] = nexts[winner] as Entity;
  };
  const editOne = async (): Promise<void> => {
    count += 1;
    const stamp = `${plan.seed}-${count}`;
    const chosen = chooseEdit(random, { model, busy, past }, stamp);
    const { name, next, how } = chosen;
    const now = model[name];
    busy.add(name);
    if (how === 'edit' && now && next && random.chance(0.15))
      await race(name, [next, changed(random, now, `${stamp}-rival`)]);
    else await edit(chosen);
    busy.delete(name);
  };
  /** Alone: it touches everything at once. */
  const restore = async (): Promise<void> => {
    const found = await desk.chooseBackup(random);
    if (!found) return;
    const names = Object.entries(found.next);
    for (const [name, next] of names) report({ say: 'begin', name, next });
    try {
      await found.restore();
    } catch (error) {
      return names.forEach(([name]) => refused(name, error));
    }
    for (const [name, next] of names) {
      report({ say: 'done', name, how: 'restore' });
      model[name] = next;
    }
    past.clear();
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

await main();
