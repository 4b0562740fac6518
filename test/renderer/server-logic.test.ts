import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, serverInputSchema, type LogEntry, type Tool } from '../../src-main/contract/index.js';
import { changesBetween, listChange } from '../../src-renderer/screens/server/changes/server-changes.js';
import {
  bytesOf,
  contentBlock,
  jsonIn,
  openable,
  resourceBlock,
  tableIn,
} from '../../src-renderer/screens/server/content/content-block.js';
import { toldRevisions } from '../../src-renderer/screens/server/changes/revisions.js';
import { revisionLines, summaryOf } from '../../src-renderer/screens/server/history/history.svelte.js';
import { lineOf, placeOf, readJson } from '../../src-renderer/screens/server/json/json-text.js';
import { ansiPieces, plainLine } from '../../src-renderer/screens/server/logs/ansi.js';
import { marked, shownLines } from '../../src-renderer/screens/server/logs/log-window.js';
import { joinMetrics, plotData } from '../../src-renderer/screens/server/overview/metric-points.js';
import { remediesFor } from '../../src-renderer/screens/server/overview/remedies.js';
import {
  expandTemplate,
  templateVariables,
} from '../../src-renderer/screens/server/resources/uri-template.js';
import { callSnippet } from '../../src-renderer/screens/server/tools/call-snippet.js';
import {
  mayExecute,
  needsNoApproval,
  readPrice,
  setAll,
  setAutoExecute,
  setExecute,
  unknownNames,
} from '../../src-renderer/screens/server/tools/tool-lists.js';
import { searchTools, traitsOf } from '../../src-renderer/screens/server/tools/tool-search.js';
import { fakeServer } from './fake-host.js';

const KNOWN = ['read', 'write', 'delete'];

describe('the tool lists', () => {
  it('keep to the contract’s rules, whatever is switched in whatever order', () => {
    const step = fc.record({
      kind: fc.constantFrom('execute', 'auto', 'all'),
      tool: fc.constantFrom(...KNOWN),
      on: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let lists = { execute: ['*'], autoExecute: [] as string[] };
        for (const { kind, tool, on } of steps) {
          if (kind === 'all') lists = setAll(lists, on);
          else lists = (kind === 'execute' ? setExecute : setAutoExecute)(lists, tool, on, KNOWN);
          const isOn = kind === 'execute' ? mayExecute(lists, tool) : needsNoApproval(lists, tool);
          if (kind !== 'all') expect(isOn).toBe(on);
          const server = { name: 'x', transport: { type: 'stdio', command: 'x' }, tools: lists };
          expect(parse(serverInputSchema, server)).toMatchObject({ ok: true });
        }
      }),
    );
  });

  it('change nothing but the tool that was switched', () => {
    const before = { execute: ['*'], autoExecute: ['*'] };
    const after = setExecute(before, 'write', false, KNOWN);
    expect(after).toEqual({ execute: ['read', 'delete'], autoExecute: ['read', 'delete'] });
    expect(before).toEqual({ execute: ['*'], autoExecute: ['*'] });
  });

  it('allow a tool that is to run without approval', () => {
    expect(setAutoExecute({ execute: ['read'], autoExecute: [] }, 'write', true, KNOWN)).toEqual({
      execute: ['read', 'write'],
      autoExecute: ['write'],
    });
  });

  it('name what the server does not offer', () => {
    const policy = { execute: ['read', 'gone'], autoExecute: [], pricing: { old: 1, read: 2 } };
    expect(unknownNames(policy, KNOWN)).toEqual(['gone', 'old']);
  });

  it('read prices as people write them', () => {
    expect(['', ' $0.002 ', '0,5', '0', '-1', 'free', '1e3'].map(readPrice)).toEqual([
      null,
      0.002,
      0.5,
      0,
      undefined,
      undefined,
      1_000,
    ]);
  });
});

describe('tools', () => {
  const tool = (name: string, description = '', annotations = {}): Tool => ({
    name,
    description,
    annotations,
    inputSchema: {},
  });

  it('are found by any of their words, names first', () => {
    const tools = [tool('list_files', 'reads a folder'), tool('read_file'), tool('ping')];
    expect(searchTools(tools, 'READ').map(({ name }) => name)).toEqual(['read_file', 'list_files']);
    expect(searchTools(tools, 'read folder').map(({ name }) => name)).toEqual(['list_files']);
    expect(searchTools(tools, ' ')).toHaveLength(3);
  });

  it('are told by what they claim of themselves', () => {
    expect(
      traitsOf(tool('x', '', { readOnlyHint: true, destructiveHint: true })).map(({ label }) => label),
    ).toEqual(['Read-only']);
    expect(
      traitsOf(tool('x', '', { destructiveHint: true, idempotentHint: 'yes' })).map(({ label }) => label),
    ).toEqual(['Destructive']);
  });

  it('are called from elsewhere without any secret', () => {
    const local = fakeServer({
      transport: {
        type: 'stdio',
        command: 'node',
        args: ['a b.js'],
        env: { TOKEN: { newSecret: 'hush' }, LOG: 'x' },
      },
    });
    const command = callSnippet(local, 'echo', { text: `it's`, list: [1] });
    expect(command).toContain(`node 'a b.js'`);
    expect(command).toContain(`--tool-arg 'text=it'\\''s'`);
    expect(command).toContain('-e "TOKEN=$TOKEN"');
    const remote = fakeServer({
      transport: {
        type: 'streamable_http',
        url: 'https://x.example/mcp',
        headers: { 'X-Key': { newSecret: 'hush' } },
        auth: { type: 'header', header: 'Authorization', token: { newSecret: 'hush' } },
      },
    });
    const curl = callSnippet(remote, 'echo', {});
    expect(curl).toContain('-H "Authorization: $AUTHORIZATION"');
    expect(`${command}${curl}`).not.toMatch(/hush|sec-/);
    expect(callSnippet(fakeServer({ transport: { type: 'inprocess' } }), 'echo', {})).toBeUndefined();
  });
});

describe('what a server answers', () => {
  it('is read as what it is, and never as more', () => {
    expect(contentBlock({ type: 'text', text: '<b>x</b>' })).toEqual({ kind: 'text', text: '<b>x</b>' });
    expect(contentBlock({ type: 'image', data: 'AAAA', mimeType: 'image/png' }).kind).toBe('image');
    expect(contentBlock({ type: 'image', data: 'AAAA', mimeType: 'text/html' }).kind).toBe('binary');
    expect(contentBlock({ type: 'image', data: '"><script>', mimeType: 'image/png' }).kind).toBe('unknown');
    expect(contentBlock({ type: 'audio', data: 'AAAA', mimeType: 'audio/wav' }).kind).toBe('audio');
    expect(contentBlock({ type: 'resource', resource: { uri: 'a://b', text: 'x' } })).toEqual({
      kind: 'text',
      text: 'x',
      uri: 'a://b',
    });
    expect(resourceBlock({ uri: 'a://b', blob: 'AAAA' })).toMatchObject({
      kind: 'binary',
      mimeType: 'application/octet-stream',
    });
    for (const odd of [null, 5, {}, { type: 'text' }, { type: 'later', text: 'x' }])
      expect(contentBlock(odd).kind).toBe('unknown');
  });

  it('is shown as text where its bytes are text', () => {
    expect(resourceBlock({ uri: 'a://b', mimeType: 'text/plain', blob: 'aMOp' })).toMatchObject({
      text: 'hé',
    });
    expect(resourceBlock({ uri: 'a://b', mimeType: 'text/plain', blob: '//8=' }).kind).toBe('binary');
    expect(resourceBlock({ uri: 'a://b', mimeType: 'application/zip', blob: 'aMOp' }).kind).toBe('binary');
  });

  it('opens web addresses and no others', () => {
    expect(openable('https://example.org/a')).toBe('https://example.org/a');
    for (const address of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      'nonsense',
      '//x',
    ])
      expect(openable(address)).toBeUndefined();
  });

  it('keeps every byte of either base64 alphabet', () => {
    expect([...bytesOf('-_8=')]).toEqual([251, 255]);
    expect([...bytesOf('+/\n8=')]).toEqual([251, 255]);
  });

  it('is JSON or a table where it is one', () => {
    expect(jsonIn(' {"a":1}')).toEqual({ a: 1 });
    expect(jsonIn('5')).toBeUndefined();
    expect(jsonIn('{oops')).toBeUndefined();
    expect(tableIn([{ a: 1, b: 'x' }, { a: 2 }])).toMatchObject({ columns: ['a', 'b'] });
    expect(tableIn({ items: [{ a: 1 }] })).toMatchObject({ columns: ['a'] });
    for (const other of [[], [1], { a: 1, b: [] }, [{ a: {} }, { b: {} }]])
      expect(tableIn(other)).toBeUndefined();
  });
});

describe('JSON as text', () => {
  it('says where it is broken', () => {
    const text = '{\n  "a": 1\n  "b": 2\n}';
    const { value, marks } = readJson(text);
    expect(value).toBeUndefined();
    expect(marks[0]?.message).toBe('A comma is missing before this.');
    expect(lineOf(text, marks[0]?.from ?? 0)).toBe(3);
    for (const bad of ['', '{"a":1,}', '// x\n{}', '{"a":"x}', "{'a':1}"])
      expect(readJson(bad).marks).not.toEqual([]);
  });

  it('refuses a name that stands twice, and keeps odd ones as names', () => {
    expect(readJson('{"a":1,"b":{"c":1,"c":2}}').marks[0]?.message).toContain('“c” stands twice');
    expect(Object.keys(readJson('{"__proto__":1}').value as object)).toEqual(['__proto__']);
  });

  it('finds the place of a path, or the nearest one around it', () => {
    const text = JSON.stringify({ tools: { pricing: { 'a.b': -1 } }, args: ['x', 'y'] }, null, 2);
    const shown = (path: string): string => {
      const { from, to } = placeOf(text, path);
      return text.slice(from, to);
    };
    expect(shown('tools.pricing.a.b')).toBe('"a.b": -1');
    expect(shown('args.1')).toBe('"y"');
    expect(shown('tools.execute')).toBe('"tools"');
    expect(shown('nowhere.at.all')).toBe('{');
    expect(placeOf('', 'a')).toEqual({ from: 0, to: 0 });
  });
});

describe('log lines', () => {
  it('show their colours as classes, whatever else they hold', () => {
    expect(ansiPieces('plain\u0007')).toEqual([{ text: 'plain', classes: '' }]);
    expect(ansiPieces('\u001b[1;31mbad\u001b[0m ok')).toMatchObject([
      { text: 'bad', classes: 'fg-red bold' },
      { text: ' ok', classes: '' },
    ]);
    expect(ansiPieces('\u001b[38;5;208mx')).toMatchObject([{ text: 'x', colour: 'rgb(255, 135, 0)' }]);
    expect(ansiPieces('\u001b[48;2;1;2;3mx')).toMatchObject([{ text: 'x', ground: 'rgb(1, 2, 3)' }]);
    const odd = '\u001b[2J\u001b[31m<img src=x>\u001b]8;;http://x\u0007link\u001b]8;;\u0007';
    expect(
      ansiPieces(odd)
        .map(({ text }) => text)
        .join(''),
    ).toBe('<img src=x>link');
    expect(plainLine(odd)).toBe('<img src=x>link');
  });

  it('mark what was searched for without losing a character', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (text, query) => {
        expect(
          marked(text, query)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
    expect(marked('aXbx', 'x')).toEqual([
      { text: 'a', hit: false },
      { text: 'X', hit: true },
      { text: 'b', hit: false },
      { text: 'x', hit: true },
    ]);
  });

  it('join what the host found with what came since', () => {
    const line = (seq: number, text: string, stream: LogEntry['stream'] = 'stderr'): LogEntry => ({
      seq,
      at: '',
      stream,
      text,
    });
    const entries = [
      line(1, 'a'),
      line(2, 'needle'),
      line(3, '\u001b[31mNee\u001b[0mdle'),
      line(4, 'b', 'stdout'),
    ];
    const found = { query: 'needle', entries: [line(0, 'needle of old'), line(2, 'needle')] };
    expect(shownLines(entries, found, new Set()).map(({ seq }) => seq)).toEqual([0, 2, 3]);
    expect(shownLines(entries, undefined, new Set(['stderr'])).map(({ seq }) => seq)).toEqual([4]);
  });
});

describe('metrics', () => {
  const at = (second: number): string => new Date(1_700_000_000_000 + second * 1_000).toISOString();
  const metric = (second: number, cpuPercent = 1) => ({ at: at(second), cpuPercent, rssBytes: 1 });

  it('are kept in order, once each, for an hour', () => {
    const joined = joinMetrics([metric(0), metric(10)], [metric(10, 5), metric(5), metric(3_605)]);
    expect(joined.map(({ cpuPercent, at: time }) => [time, cpuPercent])).toEqual([
      [at(5), 1],
      [at(10), 5],
      [at(3_605), 1],
    ]);
  });

  it('leave a gap where it did not run', () => {
    const [times, values] = plotData([metric(0), metric(30), metric(600)], ({ cpuPercent }) => cpuPercent);
    expect(values).toEqual([1, 1, null, 1]);
    expect(times).toHaveLength(4);
  });

  it('rise at once where nothing ran before', () => {
    const using = (seconds: number, rssBytes: number) => ({ ...metric(seconds), rssBytes });
    const [times, values] = plotData([using(0, 5), using(2, 0), using(9, 7)], ({ rssBytes }) => rssBytes);
    expect(values).toEqual([5, 0, 0, 7]);
    expect(times.map((time) => Math.round((time - times[0]!) * 10) / 10)).toEqual([0, 2, 8.9, 9]);
  });
});

describe('changes of a server', () => {
  const before = fakeServer({
    id: 's',
    transport: { type: 'stdio', command: 'a', args: ['x', 'y'], env: { T: { newSecret: '1' }, L: 'a' } },
  });

  it('are told field by field, secrets masked', () => {
    const after = fakeServer({
      id: 's',
      name: 'new',
      transport: { type: 'stdio', command: 'a', args: ['y', 'z'], env: { T: { newSecret: '2' }, M: 'b' } },
    });
    const changes = changesBetween(before, after);
    expect(changes.map(({ field }) => field)).toEqual([
      'name',
      'transport.args',
      'transport.env.T',
      'transport.env.L',
      'transport.env.M',
    ]);
    expect(changes.find(({ secret }) => secret)).toMatchObject({ before: '••••••••', after: '••••••••' });
    expect(JSON.stringify(changes)).not.toContain('sec-');
    expect(listChange(changes[1]?.before, changes[1]?.after)).toEqual([
      { item: 'x', kind: 'removed' },
      { item: 'y', kind: 'kept' },
      { item: 'z', kind: 'added' },
    ]);
  });

  it('are listed newest first, each against the one before it', () => {
    const middle = { ...before, revision: 2, name: 'middle' };
    const last = { ...middle, revision: 3, tags: ['t'] };
    const lines = revisionLines(
      [before, last, middle].map((server) => ({ revision: server.revision, at: '', server })),
    );
    expect(lines.map((line) => [line.revision, summaryOf(line)])).toEqual([
      [3, 'tags'],
      [2, 'name'],
      [1, 'Added'],
    ]);
  });
});

describe('revisions that look the same', () => {
  const line = (revision: number, name: string) => ({
    revision,
    at: `t${revision}`,
    server: { name, revision },
  });
  const told = (...lines: ReturnType<typeof line>[]) =>
    toldRevisions(lines, ({ server }) => server).map(({ revision, at, since, changes, isFirst }) => [
      revision,
      at,
      since,
      changes.map(({ field }) => field).join(),
      isFirst,
    ]);

  it('are told once, by the newest of them, since when it is so', () => {
    expect(told(line(4, 'b'), line(3, 'b'), line(2, 'a'), line(1, 'a'))).toEqual([
      [4, 't3', 3, 'name', false],
      [2, 't1', 1, '', true],
    ]);
    expect(told(line(1, 'a'), line(2, 'a'))).toEqual([[2, 't1', 1, '', true]]);
    expect(told()).toEqual([]);
  });

  it('are told again where something else was in between', () => {
    expect(told(line(3, 'a'), line(2, 'b'), line(1, 'a')).map(([revision]) => revision)).toEqual([3, 2, 1]);
  });
});

describe('URI templates', () => {
  it('are filled in as RFC 6570 has it', () => {
    const values = { x: 'a b/c', y: '1&2', empty: '' };
    expect(expandTemplate('t://{x}{/y}{?x,y,empty}{#x}', values)).toBe(
      't://a%20b%2Fc/1%262?x=a%20b%2Fc&y=1%262#a%20b/c',
    );
    expect(expandTemplate('t://{+x}{empty}{;y}{missing}', values)).toBe('t://a%20b/c;y=1%262');
    expect(templateVariables('t://{a}/{+b}{?a,c*}')).toEqual(['a', 'b', 'c']);
  });
});

it('offers what helps with a failed run, the likeliest first', () => {
  expect(remediesFor('start_failed', 'stdio')).toContain('refresh');
  expect(remediesFor('start_failed', 'sse')).not.toContain('refresh');
  expect(remediesFor('remote_unauthorized', 'sse')[0]).toBe('configure');
  expect(remediesFor('something new', 'stdio')).toContain('doctor');
});
