type Json = unknown;
type Path = (string | number)[];

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const nested = (depth: number): Json => {
  let value: Json = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** `__proto__` as JSON.parse makes it: a key like any other. */
const withProto = (value: object): object =>
  Object.defineProperty({ ...value }, '__proto__', {
    value: { polluted: true },
    enumerable: true,
    configurable: true,
    writable: true,
  });

const STRANGE: readonly Json[] = [
  ...[null, true, false, 0, -1, 0.5, 1e308, 2 ** 60, '', ' ', 'x', '0', '*', '****'],
  ...[
    [],
    {},
    [[]],
    [null],
    ['*', 'a'],
    { value: 1 },
    { value: null },
    { secret: 'sec-1' },
    { newSecret: 'n' },
  ],
  ...['\ud800', '\u0000', '\u202egnp.exe', '\u001b[31m', '<img src=x onerror=alert(1)>', 'env.HOME', 'é'],
  ...['http****************************/mcp', 'constructor', '__proto__', 'javascript:alert(1)'],
];

/** Every place in a JSON value. */
function places(value: Json, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]))];
}

function nodeAt(value: Json, path: Path): Json {
  return path.reduce<Json>((node, key) => (node as Record<string | number, Json>)[key], value);
}

/**
 * The same answer with one thing in it spoiled, at a random depth.
 * @returns it, and where what was done
 */
export function spoil(answer: Json, random: Random): { answer: Json; what: string } {
  const copy = structuredClone(answer);
  const path = pick(random, places(copy));
  const node = nodeAt(copy, path);
  const parent = path.length > 0 ? nodeAt(copy, path.slice(0, -1)) : undefined;
  const key = path.at(-1) as string | number;
  const set = (value: Json): Json => {
    if (parent === undefined) return value;
    (parent as Record<string | number, Json>)[key] = value;
    return copy;
  };
  const where = path.join('.') || '(all)';
  const done = (what: string, result: Json) => ({ answer: result, what: `${where} ${what}` });
  const way = random();
  if (way < 0.45) {
    const value = pick(random, STRANGE);
    return done(`= ${JSON.stringify(value)}`, set(value));
  }
  if (way < 0.5) return done('nested', set(nested(pick(random, [10, 1_000, 5_000]))));
  if (way < 0.55) return done('huge', set('h'.repeat(200_000)));
  if (way < 0.7 && parent !== undefined) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else Reflect.deleteProperty(parent as object, key);
    return done('removed', copy);
  }
  if (way < 0.78 && Array.isArray(parent)) {
    parent.push(structuredClone(node));
    return done('twice', copy);
  }
  if (way < 0.86 && typeof key === 'string' && parent !== undefined && !Array.isArray(parent)) {
    const renamed = pick(random, [key.toUpperCase(), `${key}_`, 'constructor', ' ', `${key}\u0000`]);
    (parent as Record<string, Json>)[renamed] = node;
    if (random() < 0.5) Reflect.deleteProperty(parent as object, key);
    return done(`also ${renamed}`, copy);
  }
  if (way < 0.93 && typeof node === 'object' && node !== null && !Array.isArray(node))
    return done('with __proto__', set(withProto(node)));
  if (typeof node === 'string') {
    const changed = pick(random, [
      node.toUpperCase(),
      `${node} `,
      `${node}#`,
      node.slice(1),
      `${node}${node}`,
    ]);
    return done(`= ${JSON.stringify(changed.slice(0, 60))}`, set(changed));
  }
  const value = pick(random, STRANGE);
  return done(`= ${JSON.stringify(value)}`, set(value));
}

/** mulberry32 */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
