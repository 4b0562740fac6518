import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import type { BundleField, Issue, ValueInput } from '../../contract/index.js';
import { refused } from './refusal.js';

export type Config = Readonly<Record<string, string | number | boolean | readonly string[]>>;
type Text = { command: string; args: string[]; env: Record<string, string> };
export type Filled = { command: string; args: string[]; env: Record<string, ValueInput> };
type Values = ReadonlyMap<string, string | readonly string[]>;

const VARIABLE = /\$\{([^{}]+)\}/g;
const CONFIG = /^user_config\.(.+)$/;
const ALONE = /^\$\{user_config\.([^{}]+)\}$/;

/** The variables that a manifest may use besides the person's values. */
export function surroundings(folder: string): Values {
  const home = homedir();
  return new Map([
    ['__dirname', folder],
    ['pathSeparator', sep],
    ['/', sep],
    ['HOME', home],
    ['DESKTOP', join(home, 'Desktop')],
    ['DOCUMENTS', join(home, 'Documents')],
    ['DOWNLOADS', join(home, 'Downloads')],
  ]);
}

/** Puts in what is known before the person has said anything; their values' places stay as they are. */
export function withSurroundings<T>(value: T, known: Values): T {
  if (typeof value === 'string')
    return value.replace(VARIABLE, (whole, name: string) => {
      const text = known.get(name);
      return typeof text === 'string' ? text : whole;
    }) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => withSurroundings(one, known)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [key, withSurroundings(one, known)]),
  ) as T;
}

/**
 * What the person's values make of a command: each text is read once, so a value that looks like a variable stays what
 * it is. A text in the environment that holds a sensitive value becomes a secret as a whole.
 * @throws AppError `invalid` that names the values at fault, as `config.KEY`
 */
export function fillIn(text: Text, fields: readonly BundleField[], config: Config): Filled {
  const values = checked(fields, config);
  const secrets = new Set(fields.filter(({ sensitive }) => sensitive).map(({ key }) => key));
  const env = Object.entries(text.env).flatMap(([name, template]): [string, ValueInput][] => {
    const value = fill(template, values);
    // A value that was left open is better not set at all than set to nothing.
    if (value === '' && template !== '') return [];
    const isSecret = [...keysIn(template)].some((key) => secrets.has(key));
    return [[name, isSecret ? { newSecret: value } : value]];
  });
  return {
    command: fill(text.command, values),
    args: text.args.flatMap((arg) => {
      const alone = ALONE.exec(arg)?.[1];
      if (alone === undefined) return fill(arg, values);
      const value = values.get(alone);
      return value === undefined || value === '' ? [] : value;
    }),
    env: Object.fromEntries(env),
  };
}

function keysIn(template: string): Set<string> {
  const names = [...template.matchAll(VARIABLE)].map(([, name = '']) => CONFIG.exec(name)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

function fill(template: string, values: Values): string {
  return template.replace(VARIABLE, (whole, name: string) => {
    const key = CONFIG.exec(name)?.[1];
    if (key === undefined) return whole;
    const value = values.get(key) ?? '';
    return typeof value === 'string' ? value : value.join(',');
  });
}

function checked(fields: readonly BundleField[], config: Config): Values {
  const issues: Issue[] = [];
  const values = new Map<string, string | readonly string[]>();
  for (const field of fields) {
    const own = Object.hasOwn(config, field.key) ? config[field.key] : undefined;
    const given = own ?? field.default;
    const fault = faultOf(field, given);
    if (fault) issues.push({ path: `config.${field.key}`, message: fault });
    else if (given !== undefined)
      values.set(field.key, typeof given === 'object' ? given.filter((one) => one !== '') : String(given));
  }
  const unknown = Object.keys(config).filter((key) => !fields.some((field) => field.key === key));
  issues.push(...unknown.map((key) => ({ path: `config.${key}`, message: 'is not asked for' })));
  if (issues.length === 0) return values;
  throw refused('Some values cannot be used.', 'Correct the fields that are marked.', issues);
}

function faultOf(field: BundleField, given: Config[string] | undefined): string | undefined {
  const isEmpty =
    given === undefined || given === '' || (typeof given === 'object' && given.every((one) => one === ''));
  if (isEmpty) return field.required ? 'must be filled in' : undefined;
  if (typeof given === 'object') return field.multiple ? undefined : 'takes one value';
  switch (field.type) {
    case 'boolean':
      return typeof given === 'boolean' ? undefined : 'must be on or off';
    case 'number': {
      if (typeof given !== 'number' || !Number.isFinite(given)) return 'must be a number';
      if (field.min !== undefined && given < field.min) return `must be at least ${field.min}`;
      return field.max !== undefined && given > field.max ? `must be at most ${field.max}` : undefined;
    }
    default:
      if (typeof given !== 'string') return 'must be text';
      return given.includes('\0') ? 'must not contain a NUL character' : undefined;
  }
}
