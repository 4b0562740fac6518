import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readColumn } from '../../../src-main/interchange/clients/read-column.js';
import { CLIENTS } from '../../../src-main/interchange/clients/index.js';
import type { Target } from '../../../src-main/interchange/clients/targets.js';
import { planExport, planRemoval } from '../../../src-main/interchange/export/export-plan.js';
import { formatOf } from '../../../src-main/interchange/formats/index.js';
import { readEntry } from '../../../src-main/interchange/dialect/read-entry.js';
import { Home } from './home.js';
import { CHANGED_FILES, linux, NEW_SERVERS, server } from './servers.js';
import { JSON_STYLES, restyled, STYLES } from './styles.js';

// Each client's own file again, written the ways people write files: what an export may do to it depends on neither.

const FOLDER = fileURLToPath(new URL('../../fixtures/interchange/', import.meta.url));
const home = Home.use();

/** The fixture of a client; a project's file is written as the person's own one. */
const fixtureOf = (word: string): string =>
  word === 'vscode-insiders' || word === 'vscode-workspace' ? 'vscode' : word.replace(/-project$/, '');

function targetOf(word: string): Target {
  const spec = CLIENTS.find((candidate) => candidate.word === word);
  if (!spec) throw new Error(`no client ${word}`);
  const branch = word === 'letta-code' ? 'agent-1 ' : undefined;
  return { word, title: spec.title, path: '', spec, branch, isProject: spec.inProject !== undefined };
}

const words = CLIENTS.map(({ word }) => word);

describe.each(words)('the file of %s', (word) => {
  const target = targetOf(word);
  const { spec } = target;
  let before = '';
  beforeAll(async () => {
    const folder = join(FOLDER, fixtureOf(word));
    const file = (await readdir(folder)).find((name) => name.startsWith('before.')) ?? '';
    before = await readFile(join(folder, file), 'utf8');
  });

  const isJson = spec.format.startsWith('json');
  const styles = isJson ? [...STYLES, ...JSON_STYLES] : STYLES;
  const add = async (text: string): Promise<string> =>
    (await planExport(text, target, NEW_SERVERS, { place: linux })).text;
  const change = async (text: string): Promise<string> =>
    (await planExport(text, target, [CHANGED_FILES], { place: linux })).text;
  const remove = (text: string): string => planRemoval(text, target, ['files']).text;
  const content = (text: string): unknown => formatOf(spec.format).read(text);
  const added = async (text: string): Promise<string[]> => {
    const { keys } = await planExport(text, target, NEW_SERVERS, { place: linux });
    return [...keys.values()];
  };

  it.each(styles)('is edited as it is written: %s', async (style) => {
    const text = restyled(before, spec.format, style);
    expect(content(text), 'the style itself changes nothing').toEqual(content(before));
    for (const edit of [add, change, remove])
      expect(content(await edit(text)), 'the same servers as in the plain file').toEqual(
        content(await edit(before)),
      );
    // What an edit does to the bytes is one stretch of them; all before it and all behind it is as it was.
    const removed = stretch(text, remove(text));
    const others = textsIn(content(remove(text)));
    for (const other of others) expect(removed.old, 'taken out').not.toContain(other);
    // A note above an entry may stay, and the comma before it goes.
    expect(withoutNotes(removed.fresh), 'put in while taking out').toBe('');
    // VS Code's inputs are a second place.
    if (spec.dialect.references.inputs) return;
    const changed = stretch(text, await change(text));
    expect(changed.from).toBeGreaterThanOrEqual(removed.from - SEAM);
    expect(changed.to).toBeLessThanOrEqual(removed.to + SEAM);
    expect(stretch(text, await add(text)).old.trim(), 'given way to what is added').toBe('');
  });

  const tall = styles.filter((style) => style !== 'one line');
  it.each(isJson && spec.layout === 'map' ? tall : [])('gets new entries a line each: %s', async (style) => {
    const text = restyled(before, spec.format, style);
    const { text: after, keys } = await planExport(text, target, NEW_SERVERS, { place: linux });
    for (const key of keys.values()) expect(after).toMatch(new RegExp(`^[ \\t]*["']?${key}["']?: `, 'm'));
  });

  it('is the same bytes again after adding and taking out, however it is written', async () => {
    const style = fc.subarray([...styles]);
    await fc.assert(
      fc.asyncProperty(style, fc.boolean(), async (chosen, ends) => {
        const whole = chosen.reduce((text, one) => restyled(text, spec.format, one), before);
        const text = ends ? whole : whole.trimEnd();
        const names = await added(text);
        expect(planRemoval(await add(text), target, names).text).toBe(text);
      }),
      { numRuns: 25 },
    );
  });

  it('holds what it is given: what is written reads back as the same servers', async () => {
    const given = [
      server('one', {
        type: 'stdio',
        command: 'npx',
        args: ['-y', 'a b', '--x=ü"\\'],
        env: { A: '1', B: 'x=y z' },
      }),
    ];
    const { after, keys } = await planExport(before, target, given, { place: linux });
    const text = (await planExport(before, target, given, { place: linux })).text;
    expect(content(text)).toEqual(after);
    const column = await entriesIn(text, target);
    const entry = column.get(keys.get('one') ?? '');
    expect(entry && readEntry(entry, { dialect: spec.dialect }).transport).toMatchObject({
      type: 'stdio',
      command: 'npx',
      args: ['-y', 'a b', '--x=ü"\\'],
      env: { A: '1', B: 'x=y z' },
    });
  });

  if (spec.inProject) return;
  const path = (): string => spec.paths({ platform: 'linux', home: home.folder, env: {} }).at(-1) ?? '';
  const put = async (bytes: Buffer | string): Promise<void> => {
    await mkdir(dirname(path()), { recursive: true });
    await writeFile(path(), bytes);
  };
  /** Letta Code has a place for servers only where there is an agent. */
  const exported = async (): Promise<{ backup?: string }> => {
    const word = target.branch ? await branchWord() : target.word;
    return home.interchange.exportApply(word, [CHANGED_FILES]);
  };
  const branchWord = async (): Promise<string> =>
    (await home.interchange.scan()).find(({ title }) => title === 'Letta Code: agent-1')?.client ?? '';

  it('keeps a byte order mark, its mode, and a copy of itself', async () => {
    const bytes = Buffer.from(`\ufeff${before}`);
    await put(bytes);
    await chmod(path(), 0o640);
    const { backup } = await exported();
    const after = await readFile(path());
    expect(after.subarray(0, 3)).toEqual(bytes.subarray(0, 3));
    expect(after.toString()).toBe(`\ufeff${await change(before)}`);
    expect((await stat(path())).mode & 0o777).toBe(0o640);
    expect(await readFile(backup ?? '')).toEqual(bytes);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['blank', ' \n\n'],
  ])('is made where it is %s', async (_, text) => {
    if (target.branch) return;
    if (text !== undefined) await put(text);
    await exported();
    const column = await readColumn({ ...target, path: path() });
    expect([...(column.entries?.keys() ?? [])]).toEqual(['files']);
  });

  it('is refused and not touched where it cannot be read', async () => {
    const broken = { toml: 'a = = 1\n', yaml: 'a: [1\nb: 2\n' }[spec.format as string] ?? '{ "a": 1 "b": 2 }';
    await put(broken);
    if (target.branch) return;
    await expect(exported()).rejects.toMatchObject({ code: 'unsupported' });
    expect(await readFile(path(), 'utf8')).toBe(broken);
    expect(await home.interchange.backups(target.word)).toEqual([]);
  });
});

async function entriesIn(text: string, target: Target) {
  const path = home.at('file');
  await home.put(path, text);
  return (await readColumn({ ...target, path })).entries ?? new Map<string, never>();
}

/** Brackets, commas and spaces at either end may be counted to what is inside or to what is outside. */
const SEAM = 12;

/** The one stretch in which two texts differ: where it is in the first, and what it holds in either. */
function stretch(before: string, after: string): { from: number; to: number; old: string; fresh: string } {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let same = 0;
  while (same < shorter - from && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const to = before.length - same;
  return { from, to, old: before.slice(from, to), fresh: after.slice(from, after.length - same) };
}

const withoutNotes = (text: string): string =>
  text
    .replace(/\/\*.*?(?:\*\/|$)|\/\/.*|#.*/g, '')
    .replace(',', '')
    .trim();

/** Every text in a file's content that is long enough to be told from others. */
function textsIn(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set(value.length > 5 ? [value] : []);
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((inner) => [...textsIn(inner)]));
}
