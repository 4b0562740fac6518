import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../../src-main/contract/index.js';
import { placeOf } from '../../../src-main/interchange/clients/entries.js';
import { CLIENTS } from '../../../src-main/interchange/clients/index.js';
import type { Target } from '../../../src-main/interchange/clients/targets.js';
import { planExport, planRemoval } from '../../../src-main/interchange/export/export-plan.js';
import { Unreadable } from '../../../src-main/interchange/formats/format.js';
import { formatOf } from '../../../src-main/interchange/formats/index.js';
import { CHANGED_FILES, linux, NEW_SERVERS } from './servers.js';

// For every client a file as its users have it, and what it is after adding, changing and removing. After a wanted
// change, UPDATE_GOLDEN=1 writes the files anew; look at what changed in them.

const FOLDER = fileURLToPath(new URL('../../fixtures/interchange/', import.meta.url));
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

const CASES = ['add', 'change', 'remove', 'new'] as const;
type Case = (typeof CASES)[number];

function targetOf(word: string): Target {
  const spec = CLIENTS.find((candidate) => candidate.word === word);
  if (!spec) throw new Error(`no client ${word}`);
  const branch = word === 'letta-code' ? 'agent-1 ' : undefined;
  return { word, title: spec.title, path: spec.paths(linux).at(-1) ?? '', spec, branch, isProject: false };
}

async function apply(target: Target, text: string, which: Case): Promise<string> {
  if (which === 'remove') return planRemoval(text, target, ['files']).text;
  const servers: Server[] = which === 'change' ? [CHANGED_FILES] : NEW_SERVERS;
  return (await planExport(text, target, servers, { place: linux })).text;
}

const words = CLIENTS.filter(({ inProject }) => !inProject).map(({ word }) => word);

describe.each(words)('the file of %s', (word) => {
  const target = targetOf(word);
  const folder = join(FOLDER, word);
  let before = '';
  let extension = '';
  const golden = (which: Case): string => join(folder, `${which}.${extension}`);
  // Letta Code has a list of servers only where there is an agent.
  const cases = CASES.filter((which) => which !== 'new' || word !== 'letta-code');

  beforeAll(async () => {
    const file = (await readdir(folder)).find((name) => name.startsWith('before.'));
    extension = file?.split('.').at(-1) ?? '';
    before = await readFile(join(folder, file ?? ''), 'utf8');
    if (!UPDATE) return;
    await mkdir(folder, { recursive: true });
    for (const which of cases)
      await writeFile(golden(which), await apply(target, which === 'new' ? '' : before, which));
  });

  it.each(cases)('%s', async (which) => {
    expect(await apply(target, which === 'new' ? '' : before, which)).toBe(
      await readFile(golden(which), 'utf8'),
    );
  });

  it.each(cases.filter((which) => which !== 'new'))('%s, with Windows line breaks', async (which) => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    expect(await apply(target, crlf(before), which)).toBe(crlf(await readFile(golden(which), 'utf8')));
  });

  it('again changes nothing', async () => {
    for (const which of cases) {
      const text = await readFile(golden(which), 'utf8');
      expect(await apply(target, text, which)).toBe(text);
    }
  });

  it('removing what was added brings the old file back', async () => {
    const added = await readFile(golden('add'), 'utf8');
    const { spec, branch } = target;
    const entries = (text: string): Set<string> => {
      const root = formatOf(spec.format).read(text);
      const { at } = placeOf(spec, root, branch);
      return new Set(namesAt(root, at));
    };
    const old = entries(before);
    const names = [...entries(added)].filter((name) => !old.has(name));
    expect(names).toHaveLength(NEW_SERVERS.length);
    const back = planRemoval(added, target, names).text;
    expect(back).toBe(before);
  });

  it('holds no secret and no id of one', async () => {
    for (const which of cases) expect(await readFile(golden(which), 'utf8')).not.toMatch(/sec-\d{8}/);
  });

  it('is refused, untouched, where it cannot be read', async () => {
    const broken = { toml: 'a = = 1', yaml: 'a: [1\nb: 2' }[extension] ?? '{ "a": 1 "b": 2 }';
    await expect(planExport(broken, target, NEW_SERVERS, { place: linux })).rejects.toBeInstanceOf(
      Unreadable,
    );
  });

  it('is refused where something else stands in the place of servers', async () => {
    if (typeof target.spec.serversAt === 'function' || target.spec.serversAt.length === 0) return;
    const [top = ''] = target.spec.serversAt;
    const wrong = { toml: `${top} = 7\n`, yaml: `${top}: seven\n` }[extension] ?? `{ "${top}": "seven" }`;
    await expect(planExport(wrong, target, NEW_SERVERS, { place: linux })).rejects.toBeInstanceOf(Unreadable);
  });
});

function namesAt(root: unknown, at: readonly (string | number)[]): string[] {
  const value = at.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    root,
  );
  return Array.isArray(value) ? value.map((entry: { name: string }) => entry.name) : Object.keys(value ?? {});
}
