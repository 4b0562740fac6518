import { CLIENTS } from '../../../../src-main/interchange/clients/index.js';
import type { Target } from '../../../../src-main/interchange/clients/targets.js';
import { writeEntry } from '../../../../src-main/interchange/dialect/write-entry.js';
import { isMap, mapOf, type PlainMap } from '../../../../src-main/interchange/plain.js';
import { linux, server } from '../servers.js';
import { messyJson } from './json.js';
import { treeOf, type MessyFile, type Tree } from './messy-file.js';
import type { Random } from './random.js';
import { messyToml } from './toml.js';
import { messyYaml } from './yaml.js';

/** A client's place for servers; Letta Code's is that of its first agent. */
export function targetFor(word: string): Target {
  const spec = CLIENTS.find((candidate) => candidate.word === word);
  if (!spec) throw new Error(`no client ${word}`);
  const branch = word === 'letta-code' ? 'agent-1 ' : undefined;
  return { word, title: spec.title, path: '', spec, branch, isProject: false };
}

/** Names that some format, or some program, takes for something else. */
const ODD_NAMES = [
  'other', 'mcpServers', 'servers', 'command', 'a.b', 'x y', 'ü𝄞', '__proto__', 'constructor', 'say "hi"', 'no', 'null',
  '~', '1', '0x1', '1e3', 'a]b', 'a[b', "it's", '# x', '- y', ': z', '&a', '*a', '<<', '', ' ', 'a\nb', 'a\tb', '%', '@',
  '!x', '{', 'C:\\x', 'true', '.inf', '2026-01-01', 'name', 'x'.repeat(200),
]; // prettier-ignore

const OTHERS: readonly (readonly [string, unknown])[] = [
  ['theme', 'dark and long'],
  ['numbers', { big: 1, list: [1, 2, { three: 3 }] }],
  ['mcpServersOld', { files: { command: 'not this one' } }],
  ['ünïcode 𝄞', 'ä "quoted" \\ text'],
  ['nothing', null],
  ['hooks', [{ command: 'files', args: ['x'] }]],
  ['deep', { a: { b: { c: { d: { e: [[[]], {}] } } } } }],
];

/**
 * A client's file as somebody left it. `hasEntry`: whether `files`, which the test is about, is in it.
 */
export async function messyFile(target: Target, random: Random, hasEntry: boolean): Promise<MessyFile> {
  const { spec } = target;
  const servers = new Map<string, PlainMap>();
  for (const name of random.shuffled(ODD_NAMES).slice(0, random.upTo(3)))
    servers.set(name, await entryFor(target, name, random));
  if (hasEntry) servers.set('files', await entryFor(target, 'files', random));
  const order = new Map(random.shuffled([...servers]));
  const root = rootFor(target, order, random);
  const written =
    spec.format === 'toml'
      ? messyToml('mcp_servers', order, 'files', random)
      : spec.format === 'yaml'
        ? messyYaml(root, random)
        : messyJson(root, random, spec.format === 'json5');
  return { ...written, isEmpty: order.size === 0, isAlone: hasEntry && order.size === 1 };
}

/** An entry as the client words it, with keys of the client's own. */
async function entryFor({ spec, title }: Target, name: string, random: Random): Promise<PlainMap> {
  const given = server(name, {
    type: 'stdio',
    command: random.of(['npx', '/usr/bin/node', 'C:\\Program Files\\x.exe']),
    args: random.of([[], ['-y'], ['-y', 'pkg', '--flag=a b']]),
    env: random.of<Record<string, string>>([{}, { A: '1' }, { A: '1', B: 'x # y' }]),
  });
  const { entry } = await writeEntry(given, spec.dialect, {
    client: title,
    platform: 'linux',
    home: linux.home,
  });
  const own = random.of([
    {},
    { timeout: 60 },
    { notes: { command: 'x', list: [1, 'a', null] }, gallery: true },
  ]);
  const all = { ...(spec.layout === 'list' ? { name } : {}), ...entry, ...own };
  return mapOf(random.often(30) ? random.shuffled(Object.entries(all)) : Object.entries(all));
}

function rootFor(
  target: Target,
  servers: ReadonlyMap<string, PlainMap>,
  random: Random,
): Tree & { kind: 'map' } {
  const { spec } = target;
  const place: Tree =
    spec.layout === 'list'
      ? { kind: 'list', items: [...servers].map(([name, entry]) => marked(entry, name)) }
      : { kind: 'map', pairs: [...servers].map(([name, entry]) => [name, marked(entry, name)]) };
  const others = random
    .shuffled(OTHERS)
    .slice(0, random.upTo(4))
    .map(([key, value]): [string, Tree] => [key, treeOf(mapOf([['x', value]])['x'] ?? null)]);
  if (target.branch) {
    const agent: Tree = {
      kind: 'map',
      pairs: random.shuffled([
        ['agentId', treeOf('agent-1')],
        ['pinned', treeOf(true)],
        ['mcpServers', place],
      ] as [string, Tree][]),
    };
    const other = treeOf(
      mapOf([
        ['agentId', 'agent-2'],
        ['mcpServers', [{ name: 'files', command: 'not this one' }]],
      ]),
    );
    return {
      kind: 'map',
      pairs: random.shuffled([...others, ['agents', { kind: 'list', items: [agent, other] }]] as [
        string,
        Tree,
      ][]),
    };
  }
  const at = typeof spec.serversAt === 'function' ? spec.serversAt(mapOf([])) : spec.serversAt;
  const keys = at.map(String);
  const inner = keys.slice(1).reduceRight<Tree>(
    (tree, key) => ({
      kind: 'map',
      pairs: random.shuffled([
        [key, tree],
        ['besides', treeOf('it')],
      ] as [string, Tree][]),
    }),
    place,
  );
  return { kind: 'map', pairs: random.shuffled([...others, [keys[0] ?? '', inner]] as [string, Tree][]) };
}

function marked(entry: PlainMap, name: string): Tree {
  const tree = treeOf(entry);
  return isMap(entry) && tree.kind === 'map' && name === 'files' ? { ...tree, marked: true } : tree;
}
