import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CallCounts } from '../../../src-main/app/call-counts.js';
import { tempFolder } from '../../support/temp-folder.js';

const known = (): boolean => true;

it('counts calls by day and tool, and finds them again after a restart', async () => {
  const folder = await tempFolder();
  let day = '2026-11-23';
  const counts = new CallCounts(folder, () => day);
  await counts.add('a', 'search');
  day = '2026-11-24';
  for (const tool of ['search', 'search', 'fetch']) await counts.add('a', tool);
  await counts.add('b', 'constructor');
  const expected = [
    { day: '2026-11-24', calls: { search: 2, fetch: 1 } },
    { day: '2026-11-23', calls: { search: 1 } },
  ];
  expect(await counts.of('a')).toEqual(expected);
  await counts.close(known);
  const again = new CallCounts(folder, () => day);
  expect(await again.of('a')).toEqual(expected);
  expect(Object.keys((await again.of('b'))[0]?.calls ?? {})).toEqual(['constructor']);
  expect(await again.of('nobody')).toEqual([]);
});

it('keeps a month, and nothing of servers that are gone', async () => {
  const folder = await tempFolder();
  let day = 1;
  const counts = new CallCounts(folder, () => `2026-10-${String(day).padStart(2, '0')}`);
  for (; day <= 31; day += 1) await counts.add('a', 'search');
  await counts.add('gone', 'search');
  await counts.close((id) => id === 'a');
  const days = await new CallCounts(folder).of('a');
  expect(days).toHaveLength(30);
  expect([days[0]?.day, days.at(-1)?.day]).toEqual(['2026-10-31', '2026-10-02']);
  expect(await readFile(join(folder, 'calls.json'), 'utf8')).not.toContain('gone');
});

it.each(['', '{', '[]', '{"a":{"yesterday":{"x":1}}}', '{"a":{"2026-11-24":{"x":-1}}}'])(
  'a file that holds %j counts as none, and is set aside',
  async (text) => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'calls.json'), text);
    const counts = new CallCounts(folder);
    expect(await counts.of('a')).toEqual([]);
    await counts.add('a', 'search');
    expect(await counts.of('a')).toMatchObject([{ calls: { search: 1 } }]);
    await counts.close(known);
    const [aside = ''] = await readdir(join(folder, 'backups'));
    expect(aside).toMatch(/^calls-unreadable-/);
    expect(await readFile(join(folder, 'backups', aside), 'utf8')).toBe(text);
  },
);
