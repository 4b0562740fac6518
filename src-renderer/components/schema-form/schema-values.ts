import { budget } from './budget.js';
import {
  isMap,
  settled,
  shapeOf,
  takesNull,
  unwrapped,
  type JsonSchema,
  type Variant,
} from './schema-shape.js';

const DEEPEST = 8;
/** Members that a form begins with; what is beyond them is left out until the person asks for it. */
const MOST_MEMBERS = 500;

/**
 * What a fresh field holds: the schema's default, its only possible value, or an object with what its members begin
 * with. Undefined: nothing, it is left out until the person fills it in.
 */
export function startValue(
  schema: JsonSchema,
  root: JsonSchema,
  depth = 0,
  spend = budget(MOST_MEMBERS),
): unknown {
  const mayGoOn = spend();
  const whole = unwrapped(schema, root);
  if ('default' in whole && whole.default !== null) return structuredClone(whole.default);
  const shape = shapeOf(schema, root);
  if (shape.kind === 'constant') return structuredClone(shape.value);
  if (shape.kind === 'boolean') return false;
  if (depth > DEEPEST || !mayGoOn) return undefined;
  if (shape.kind === 'variants') return startValue(shape.variants[0]?.schema ?? {}, root, depth + 1, spend);
  if (shape.kind !== 'group') return undefined;
  const members = shape.members.flatMap(({ name, schema: member, required }) => {
    const isWanted = required || 'default' in unwrapped(member, root);
    const start = isWanted ? startValue(member, root, depth + 1, spend) : undefined;
    return start === undefined ? [] : [[name, start] as const];
  });
  return Object.fromEntries(members);
}

/** What the form of a tool's arguments begins with. */
export function startArguments(schema: JsonSchema): Record<string, unknown> {
  const start = startValue(schema, schema);
  return isMap(start) ? start : {};
}

function typeFits(type: unknown, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isMap(value);
    case 'null':
      return value === null;
    default:
      return true;
  }
}

/** How well a value goes with a schema, looking one level deep; -1: not at all. */
function fit(schema: JsonSchema, value: unknown, root: JsonSchema): number {
  const whole = settled(schema, root);
  if ('const' in whole) return whole.const === value ? 2 : -1;
  if (Array.isArray(whole.enum)) return whole.enum.includes(value) ? 2 : -1;
  if (!typeFits(whole.type, value)) return -1;
  if (!isMap(value) || !isMap(whole.properties)) return 1;
  let score = 1;
  for (const [name, member] of Object.entries(whole.properties)) {
    if (!Object.hasOwn(value, name) || !isMap(member)) continue;
    const inner = settled(member, root);
    if ('const' in inner && inner.const !== value[name]) return -1;
    score += 1;
  }
  return score;
}

/** Which of the variants a value is of; the first where it is of none. */
export function variantOf(value: unknown, variants: readonly Variant[], root: JsonSchema): number {
  const scores = variants.map((variant) => fit(variant.schema, value, root));
  return Math.max(0, scores.indexOf(Math.max(...scores)));
}

/** What an emptied field holds: nothing where it may be left out, else `null` where that may stand. */
export function emptyValue(schema: JsonSchema, root: JsonSchema, required: boolean): unknown {
  return required && takesNull(schema, root) ? null : undefined;
}

/** `object` with one member set, or taken away where `value` is undefined. Keeps the order of what stays. */
export function withMember(object: unknown, name: string, value: unknown): Record<string, unknown> {
  const members = Object.entries(isMap(object) ? object : {});
  if (value === undefined) return Object.fromEntries(members.filter(([key]) => key !== name));
  const known = members.some(([key]) => key === name);
  return Object.fromEntries(
    known ? members.map(([key, old]) => [key, key === name ? value : old]) : [...members, [name, value]],
  );
}

/** A JSON pointer (RFC 6901): names one place in a value. */
export function pointer(at: string, step: string | number): string {
  return `${at}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
