import { Validator, type OutputUnit } from '@cfworker/json-schema';
import { budget } from './budget.js';
import { isUmbrella, likelyFaults } from './fault-branches.js';
import { isMap, type JsonSchema } from './schema-shape.js';
import { pointer } from './schema-values.js';

/** JSON pointer → what is wrong there. */
export type Faults = Readonly<Record<string, string>>;

/**
 * A pattern is somebody else's program: one that backtracks without end would freeze the window. It is left to the
 * server, which judges the arguments anyway.
 */
const UNSAFE = new Set(['pattern', 'patternProperties', '$recursiveAnchor']);
/** Keywords whose values are names over schemas: a property may well be called "pattern". */
const NAMES = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose values are data. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);

/** Schemas that are held against a value, each as often as it is: a branch at each level doubles them. */
const MOST_VISITS = 50_000;
/** Each item is held against each other one (`uniqueItems`). */
const LONGEST_LIST = 1_000;

/**
 * A copy whose patterns are gone, and each of whose schemas tells when it is held against something: the library asks
 * for `$recursiveAnchor` then, to which none of the dialects that are judged here gives a meaning.
 */
function tamed(schema: unknown, visited: () => void, isNames = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => tamed(part, visited));
  if (!isMap(schema)) return schema;
  const kept = Object.entries(schema).filter(([key]) => isNames || !UNSAFE.has(key));
  const copy = Object.fromEntries(
    kept.map(([key, inner]) => {
      if (isNames) return [key, tamed(inner, visited)];
      return [key, DATA.has(key) ? inner : tamed(inner, visited, NAMES.has(key))];
    }),
  );
  return isNames
    ? copy
    : Object.defineProperty(copy, '$recursiveAnchor', { get: visited, enumerable: false });
}

function atMost(visits: number): () => void {
  const spend = budget(visits);
  return () => {
    if (!spend()) throw new Error('a schema without an end');
  };
}

function hasLongList(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > LONGEST_LIST || value.some(hasLongList);
  return isMap(value) && Object.values(value).some(hasLongList);
}

const lastNumber = (error: string): string => /(-?\d[\d.e+-]*?)\.?$/.exec(error)?.[1] ?? 'it may be';
const counts = (error: string): string => /\((\d+) [<>] (\d+)\)/.exec(error)?.[2] ?? '';
const types = (error: string): string =>
  /Expected (.+?)\.?$/.exec(error)?.[1]?.replaceAll('"', '').replaceAll(', ', ' or ') ?? 'another type';

/** What each keyword means to a person. */
const WORDS: Record<string, (error: string) => string> = {
  type: (error) => `must be of type ${types(error)}`,
  enum: () => 'is none of the values it may have',
  const: () => 'is not the value it must have',
  minimum: (error) => `must not be less than ${lastNumber(error)}`,
  maximum: (error) => `must not be more than ${lastNumber(error)}`,
  exclusiveMinimum: (error) => `must be more than ${lastNumber(error)}`,
  exclusiveMaximum: (error) => `must be less than ${lastNumber(error)}`,
  multipleOf: (error) => `must be a multiple of ${lastNumber(error)}`,
  minLength: (error) => `must have at least ${counts(error)} characters`,
  maxLength: (error) => `must have at most ${counts(error)} characters`,
  minItems: (error) => `must hold at least ${counts(error)}`,
  maxItems: (error) => `must hold at most ${counts(error)}`,
  uniqueItems: () => 'holds the same item twice',
  format: (error) => `is not a valid ${/format "(.+?)"/.exec(error)?.[1] ?? 'value'}`,
  oneOf: () => 'fits none of its forms, or more than one',
  anyOf: () => 'fits none of its forms',
};

function placed({ keyword, instanceLocation, error }: OutputUnit): [at: string, message: string] {
  const at = instanceLocation.replace(/^#/, '');
  const missing = keyword === 'required' ? /required property "(.*)"\.?$/.exec(error)?.[1] : undefined;
  if (missing !== undefined) return [pointer(at, missing), 'is required'];
  return [at, WORDS[keyword]?.(error) ?? error];
}

/**
 * What keeps `value` from being what `schema` asks for. Empty also where the schema itself cannot be used, or judging
 * by it would take too long: then only the server can tell.
 */
export function faultsOf(schema: JsonSchema, value: unknown): Faults {
  try {
    if (hasLongList(value)) return {};
    const { errors } = new Validator(tamed(schema, atMost(MOST_VISITS)) as never, '2020-12', false).validate(
      value,
    );
    const faults: Record<string, string> = {};
    const likely = likelyFaults(errors).filter((unit) => !isUmbrella(unit));
    for (const unit of likely) {
      if (unit.keyword === 'false') continue;
      const [at, message] = placed(unit);
      faults[at] ??= message;
    }
    // `false` is how "no further fields" reaches one; the library says it of every field with a fault, too.
    for (const { keyword, instanceLocation } of likely) {
      const at = instanceLocation.replace(/^#/, '');
      if (
        keyword === 'false' &&
        !Object.keys(faults).some((known) => known === at || known.startsWith(`${at}/`))
      )
        faults[at] = 'is not a field here';
    }
    return faults;
  } catch {
    return {};
  }
}

/** The faults at and below one place. */
export function faultsUnder(faults: Faults, at: string): number {
  return Object.keys(faults).filter((known) => known === at || known.startsWith(`${at}/`)).length;
}
