import { describe, expect, it } from 'vitest';
import type { ClientColumn } from '../../../src-main/contract/index.js';
import { lineDiff } from '../../../src-renderer/components/export/line-diff.js';
import {
  allColumns,
  isShown,
  withColumn,
  type BayColumn,
} from '../../../src-renderer/screens/patch-bay/bay-columns.js';
import { foldKey, rowsOf } from '../../../src-renderer/screens/patch-bay/bay-rows.js';
import { Selection } from '../../../src-renderer/screens/patch-bay/selection.svelte.js';
import { asDrawn, slotsOf } from '../../../src-renderer/screens/patch-bay/visible-slots.js';
import { LinkBook } from '../../../src-renderer/state/link-book.js';
import { fakeRemote, fakeServer } from '../fake-host.js';

const server = (name: string, ...tags: string[]) => fakeServer({ id: name, name, tags });
const servers = [server('a', 'web'), server('b'), server('c', 'files', 'web')];

describe('rows', () => {
  it('stand under each of their tags, those without one last', () => {
    const words = rowsOf(servers, 'tag', new Set()).map((row) =>
      row.kind === 'group' ? `${row.tag ?? '–'} ${row.count}` : row.server.id,
    );
    expect(words).toEqual(['files 1', 'c', 'web 2', 'a', 'c', '– 1', 'b']);
  });

  it('are left out of a folded group, whose head stays', () => {
    const rows = rowsOf(servers, 'tag', new Set([foldKey('web'), foldKey(undefined)]));
    expect(rows.map((row) => row.kind)).toEqual(['group', 'server', 'group', 'group']);
  });
});

describe('a selection', () => {
  const rows = rowsOf(
    ['a', 'b', 'c', 'd', 'e'].map((id) => server(id)),
    'none',
    new Set(),
  );
  const ids = (selection: Selection): string => [...selection.ids].sort().join('');

  it('draws a range anew from where it began, and keeps what was marked before', () => {
    const selection = new Selection();
    selection.toggle(rows, 4);
    selection.toggle(rows, 1);
    selection.extend(rows, 3, 1);
    expect(ids(selection)).toBe('bcde');
    selection.extend(rows, 0, 3);
    expect(ids(selection)).toBe('abe');
  });

  it('forgets what is no longer in sight, and marks all or none', () => {
    const selection = new Selection();
    selection.toggleAll(rows);
    expect(ids(selection)).toBe('abcde');
    selection.keepOnly(rows.slice(1, 3));
    expect(ids(selection)).toBe('bc');
    selection.toggleAll(rows);
    selection.toggleAll(rows);
    expect(ids(selection)).toBe('');
  });
});

describe('columns', () => {
  const client = (word: string, more: Partial<ClientColumn> = {}): ClientColumn => ({
    client: word,
    title: word,
    path: `/home/ada/${word}.json`,
    exists: true,
    serverCount: 0,
    isPatched: false,
    isProject: false,
    otherCount: 0,
    ...more,
  });
  const columns = allColumns(
    [fakeRemote({ id: 'l', name: 'Letta' })],
    [client('cursor'), client('zed', { exists: false }), client('shop', { isProject: true })],
  );
  const keys = (look: { hidden: string[]; shown: string[] }): string[] =>
    columns.filter((column) => isShown(column, look)).map(({ key }) => key);
  const at = (index: number): BayColumn => columns[index] as BayColumn;

  it('show remotes and the clients that are here, unless somebody said otherwise', () => {
    const plain = { hidden: [], shown: [] };
    expect(keys(plain)).toEqual(['remote:l', 'client:cursor']);
    const other = withColumn(withColumn(plain, at(0), false), at(2), true);
    expect(keys(other)).toEqual(['client:cursor', 'client:zed']);
    expect(withColumn(withColumn(other, at(0), true), at(2), false)).toEqual(plain);
  });
});

describe('what is drawn of a long line', () => {
  it('never gives the elements of the focus to something else', () => {
    for (const first of [0, 3, 90, 900]) {
      const slots = slotsOf(first, first + 10, 7, 14);
      expect(slots.filter(({ at }) => at === 7)).toEqual([{ slot: 7, at: 7 }]);
      expect(new Set(slots.map(({ slot }) => slot)).size).toBe(slots.length);
    }
  });

  it('stays in the places it has while one scrolls', () => {
    const before = slotsOf(0, 4, 0, 6);
    const now = asDrawn(slotsOf(3, 7, 4, 6), before);
    expect(now).toEqual([
      { slot: 0, at: 6 },
      { slot: 1, at: 1 },
      { slot: 2, at: 2 },
      { slot: 3, at: 3 },
      { slot: 4, at: 4 },
      { slot: 5, at: 5 },
    ]);
  });

  it('is never drawn twice', () => {
    const before = [
      { slot: -1, at: 8 },
      { slot: 3, at: 9 },
    ];
    expect(asDrawn([{ slot: 2, at: 8 }], before)).toEqual([
      { slot: 3, at: 9 },
      { slot: 2, at: 8 },
    ]);
  });
});

describe('links', () => {
  const link = (id: string, serverId: string, state: 'in_sync' | 'queued') =>
    ({ id, serverId, remoteId: 'r', remoteName: 'x', state }) as const;

  it('are counted by state and found by server, also after they moved or went', () => {
    const book = new LinkBook();
    book.change([link('1', 'a', 'in_sync'), link('2', 'a', 'queued'), link('3', 'b', 'queued')], []);
    expect(Object.fromEntries(book.states())).toEqual({ in_sync: 1, queued: 2 });
    book.change([link('2', 'b', 'in_sync')], ['1']);
    expect(book.ofServer('a')).toEqual([]);
    expect(book.ofServer('b').map(({ id }) => id)).toEqual(['3', '2']);
    expect(Object.fromEntries(book.states())).toEqual({ queued: 1, in_sync: 1 });
  });
});

describe('a diff', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');

  it('numbers both sides and leaves out what is far from a change', () => {
    const lines = lineDiff(`${before}\n`, `${before.replace('line 10', 'ten\nand more')}\n`);
    expect(lines?.[0]).toEqual({ kind: 'skip', count: 6 });
    expect(lines?.filter(({ kind }) => kind === 'removed')).toEqual([
      { kind: 'removed', text: 'line 10', before: 10 },
    ]);
    expect(lines?.filter(({ kind }) => kind === 'added')).toEqual([
      { kind: 'added', text: 'ten', after: 10 },
      { kind: 'added', text: 'and more', after: 11 },
    ]);
    expect(lines?.at(-1)).toEqual({ kind: 'skip', count: 7 });
  });

  it('shows a file that is made anew, and nothing for none', () => {
    expect(lineDiff('', 'a\nb\n')).toEqual([
      { kind: 'added', text: 'a', after: 1 },
      { kind: 'added', text: 'b', after: 2 },
    ]);
    expect(lineDiff('same', 'same')).toEqual([]);
  });
});
