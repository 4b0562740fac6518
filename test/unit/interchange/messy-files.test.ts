import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../../../src-main/interchange/clients/index.js';
import { planExport, planRemoval } from '../../../src-main/interchange/export/export-plan.js';
import { formatOf } from '../../../src-main/interchange/formats/index.js';
import { messyFile, targetFor } from './messy/client-file.js';
import { Random } from './messy/random.js';
import { isTrivia, lostByAdding, lostByChanging, lostByRemoving, lostOutside } from './messy/untouched.js';
import { linux, server } from './servers.js';

// Every client's file, left in every manner that chance comes upon: what stands outside our entry stays, byte for byte.
// MESSY_FILES=3000 tries more of them, MESSY_FROM=50000 others.

const COUNT = Number(process.env['MESSY_FILES'] ?? 60);
const FROM = Number(process.env['MESSY_FROM'] ?? 0);

const mine = server('mine', {
  type: 'stdio',
  command: 'npx',
  args: ['-y', 'mine-mcp'],
  env: { MODE: 'a' },
});
const changed = server('files', {
  type: 'stdio',
  command: 'uvx',
  args: ['files-mcp', 'ü'],
  env: { A: '1', C: '3' },
});

// A project's file is written as the person's own.
const words = CLIENTS.filter(({ inProject }) => !inProject).map(({ word }) => word);

describe.each(words)('whatever the file of %s looks like', { timeout: 60_000 + COUNT * 200 }, (word) => {
  const target = targetFor(word);
  const seeds = Array.from({ length: COUNT }, (_, index) => FROM + index);
  const exported = async (text: string, given: typeof mine): Promise<string> =>
    (await planExport(text, target, [given], { place: linux })).text;

  it('adding, changing and removing an entry touch nothing else', async () => {
    for (const seed of seeds) {
      const file = await messyFile(target, new Random(seed * 7919 + word.length), seed % 2 === 0);
      const { text, entry, value, outside } = file;
      const told = `seed ${seed}:\n${text}`;
      expect(formatOf(target.spec.format).read(text), told).toBeTypeOf('object');

      const added = await exported(text, mine);
      // Where there was no server yet, the place for servers is laid out anew.
      if (!file.isEmpty) {
        expect(lostByAdding(text, added), told).toBeUndefined();
        expect(planRemoval(added, target, ['mine']).text, told).toBe(text);
      }
      if (seed % 2 !== 0) continue;
      const after = await exported(text, changed);
      if (value) expect(lostByChanging(text, after, value), told).toBeUndefined();
      const { text: removed } = planRemoval(text, target, ['files']);
      if (entry && !file.isAlone) expect(lostByRemoving(text, removed, entry), told).toBeUndefined();
      if (!outside) continue;
      expect(lostOutside(outside, after), told).toBeUndefined();
      // Where it was the only one, what is left of it is the empty place for servers.
      const rest = file.isAlone ? undefined : isTrivia;
      expect(lostOutside(outside, removed, rest), told).toBeUndefined();
    }
  });
});
