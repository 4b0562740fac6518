import { Validator, type OutputUnit } from '@cfworker/json-schema';
import { isUmbrella, likelyFaults } from './fault-branches.js';
import { isMap, type JsonSchema } from './schema-shape.js';
import { pointer } from './schema-values.js';

/** JSON pointer → what is wrong there. */
export type Faults = Readonly<Record<string, string>>;

/**
 * A pattern is somebody else's program: one that backtracks without end would freeze the window. It is left to the
 * server, which judges the arguments anyway.
 */
const UNSAFE = new Set(['pattern', 'patternProperties']);
/** Keywords whose values are names over schemas: a property may well be called "pattern". */
const NAMES = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose values are data. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);

function withoutPatterns(schema: unknown, isNames = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => withoutPatterns(part));
  if (!isMap(schema)) return schema;
  const kept = Object.entries(schema).filter(([key]) => isNames || !UNSAFE.has(key));
  return Object.fromEntries(
    kept.map(([key, inner]) => {
      if (isNames) return [key, withoutPatterns(inner)];
      return [key, DATA.has(key) ? inner : withoutPatterns(inner, NAMES.has(key))];
    }),
  );
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
 * What keeps `value` from being what `schema` asks for. Empty also where the schema itself cannot be used: then only
 * the server can tell.
 */
export function faultsOf(schema: JsonSchema, value: unknown): Faults {
  try {
    const { errors } = new Validator(withoutPatterns(schema) as never, '2020-12', false).validate(value);
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
