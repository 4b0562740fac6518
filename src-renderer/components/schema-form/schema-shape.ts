import { budget } from './budget.js';

/**
 * What a JSON schema asks for, in the few forms that a person can fill in. Schemas come from servers: nothing of one
 * is trusted, and whatever is not understood becomes a JSON field rather than an error.
 */
export type JsonSchema = { readonly [keyword: string]: unknown };

export type Option = { value: unknown; label: string; hint?: string };
export type Member = { name: string; schema: JsonSchema; required: boolean };
export type Variant = { label: string; schema: JsonSchema };

export type Shape =
  | { kind: 'text'; format: string | undefined; placeholder: string | undefined }
  | { kind: 'number'; whole: boolean; range: string | undefined }
  | { kind: 'boolean' }
  | { kind: 'choice'; options: Option[] }
  /** An array whose items come from a fixed set. */
  | { kind: 'several'; options: Option[] }
  | { kind: 'list'; items: JsonSchema | undefined; first: JsonSchema[] }
  | { kind: 'group'; members: Member[]; rest: JsonSchema | undefined }
  | { kind: 'variants'; variants: Variant[] }
  | { kind: 'constant'; value: unknown }
  | { kind: 'json' };

/** References and parts that are followed for one schema. */
const MOST_HOPS = 1_000;
/** Branches within branches. */
const DEEPEST = 16;

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asSchema = (value: unknown): JsonSchema => (isMap(value) ? value : {});
const schemasIn = (value: unknown): JsonSchema[] => (Array.isArray(value) ? value.filter(isMap) : []);

/** Reads `#/$defs/Name` out of `root`. Other documents are never fetched. */
function lookUp(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const part of reference.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    found =
      (isMap(found) || Array.isArray(found)) && Object.hasOwn(found, key)
        ? (found as Record<string, unknown>)[key]
        : undefined;
  }
  return isMap(found) ? found : undefined;
}

/** Two schemas that must both hold, as one; where they disagree in a plain keyword the second has the last word. */
function both(a: JsonSchema, b: JsonSchema): JsonSchema {
  const merged: Record<string, unknown> = { ...a, ...b };
  if (isMap(a.properties) && isMap(b.properties)) merged.properties = { ...a.properties, ...b.properties };
  if (Array.isArray(a.required) && Array.isArray(b.required))
    merged.required = [...new Set([...(a.required as unknown[]), ...(b.required as unknown[])])];
  return merged;
}

/** The schema with its references followed and its `allOf` put together; words beside a `$ref` win over its own. */
export function settled(schema: JsonSchema, root: JsonSchema, spend = budget(MOST_HOPS)): JsonSchema {
  if (!spend()) return {};
  const { $ref, allOf, ...own } = schema;
  let whole: JsonSchema = own;
  if (typeof $ref === 'string') {
    const target = lookUp($ref, root);
    if (!target) return { ...own, unknownReference: $ref };
    whole = both(settled(target, root, spend), own);
  }
  for (const part of schemasIn(allOf)) whole = both(settled(part, root, spend), whole);
  return whole;
}

const isNull = (schema: JsonSchema): boolean =>
  schema.type === 'null' || (schema.const === null && 'const' in schema);

/** The schemas of which one must hold, without the one for `null`. */
function branchesOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] | undefined {
  const listed = schemasIn(schema.oneOf ?? schema.anyOf);
  if (listed.length > 0) return listed.filter((branch) => !isNull(settled(branch, root)));
  if (!Array.isArray(schema.type)) return undefined;
  const { type: _type, ...rest } = schema;
  return (schema.type as unknown[]).filter((type) => type !== 'null').map((type) => ({ ...rest, type }));
}

/** One branch alone (`anyOf: [X, null]`, as Pydantic writes an optional X) is that branch, in the outer one's words. */
export function unwrapped(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema {
  const whole = settled(schema, root);
  const branches = depth < DEEPEST ? branchesOf(whole, root) : undefined;
  if (branches?.length !== 1) return whole;
  const { oneOf: _one, anyOf: _any, type: _type, ...words } = whole;
  return both(unwrapped(branches[0] as JsonSchema, root, depth + 1), words);
}

/** Whether `null` may stand there. */
export function takesNull(schema: JsonSchema, root: JsonSchema): boolean {
  const whole = settled(schema, root);
  if (whole.type === 'null' || (Array.isArray(whole.type) && whole.type.includes('null'))) return true;
  return schemasIn(whole.oneOf ?? whole.anyOf).some((branch) => isNull(settled(branch, root)));
}

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

function optionsOf(schema: JsonSchema, root: JsonSchema): Option[] | undefined {
  if (Array.isArray(schema.enum)) {
    const names = Array.isArray(schema.enumNames) ? (schema.enumNames as unknown[]) : [];
    return (schema.enum as unknown[])
      .filter((value) => value !== null)
      .map((value, index) => ({ value, label: textOf(names[index] ?? value) }));
  }
  const branches = branchesOf(schema, root)?.map((branch) => settled(branch, root));
  if (!branches || branches.length < 2 || !branches.every((branch) => 'const' in branch)) return undefined;
  return branches.map((branch) => ({
    value: branch.const,
    label: textOf(branch.title ?? branch.const),
    ...(typeof branch.description === 'string' && { hint: branch.description }),
  }));
}

/** What a branch is called: its title, the constant that tells it apart, its type. */
function labelOf(schema: JsonSchema, root: JsonSchema, index: number): string {
  const whole = unwrapped(schema, root);
  if (typeof whole.title === 'string' && whole.title) return whole.title;
  for (const member of Object.values(asSchema(whole.properties))) {
    const inner = asSchema(member);
    if ('const' in inner) return textOf(inner.const);
  }
  if (Array.isArray(whole.required) && whole.required.length === 1) return textOf(whole.required[0]);
  return typeof whole.type === 'string' ? whole.type : `Form ${index + 1}`;
}

function rangeOf(schema: JsonSchema): string | undefined {
  const least = schema.minimum ?? schema.exclusiveMinimum;
  const most = schema.maximum ?? schema.exclusiveMaximum;
  if (typeof least === 'number' && typeof most === 'number') return `${least} to ${most}`;
  if (typeof least === 'number') return `from ${least}`;
  return typeof most === 'number' ? `up to ${most}` : undefined;
}

function listShape(schema: JsonSchema, root: JsonSchema): Shape {
  const first = schemasIn(schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : undefined));
  const items = isMap(schema.items) ? schema.items : undefined;
  if (first.length === 0 && items && schema.uniqueItems === true) {
    const options = optionsOf(unwrapped(items, root), root);
    if (options && options.length <= 24) return { kind: 'several', options };
  }
  const closed = schema.items === false || (first.length > 0 && !items);
  return { kind: 'list', items: closed ? undefined : (items ?? {}), first };
}

function groupShape(schema: JsonSchema): Shape {
  const required = new Set(Array.isArray(schema.required) ? (schema.required as unknown[]) : []);
  const members = Object.entries(asSchema(schema.properties)).map(([name, member]) => ({
    name,
    schema: asSchema(member),
    required: required.has(name),
  }));
  const patterns = Object.values(asSchema(schema.patternProperties)).filter(isMap);
  const rest = isMap(schema.additionalProperties) ? schema.additionalProperties : patterns[0];
  // An object of which nothing is said can hold anything.
  if (members.length === 0 && !rest) return schema.additionalProperties === false ? none() : { kind: 'json' };
  return { kind: 'group', members, rest };
}

const none = (): Shape => ({ kind: 'group', members: [], rest: undefined });

function typeOf(schema: JsonSchema): unknown {
  if (schema.type !== undefined) return schema.type;
  if (isMap(schema.properties) || isMap(schema.additionalProperties)) return 'object';
  return isMap(schema.items) || Array.isArray(schema.prefixItems) ? 'array' : undefined;
}

/** How `schema` is filled in. `root` is the document that its references lead into. */
export function shapeOf(schema: JsonSchema, root: JsonSchema): Shape {
  const whole = unwrapped(schema, root);
  if ('const' in whole) return { kind: 'constant', value: whole.const };
  const options = optionsOf(whole, root);
  if (options) return { kind: 'choice', options };
  const branches = branchesOf(whole, root);
  if (branches && branches.length > 1) {
    const {
      oneOf: _one,
      anyOf: _any,
      title: _title,
      description: _words,
      default: _start,
      ...common
    } = whole;
    const variants = branches.map((branch, index) => ({
      label: labelOf(branch, root, index),
      schema: both(common, settled(branch, root)),
    }));
    return { kind: 'variants', variants };
  }
  switch (typeOf(whole)) {
    case 'string': {
      const [example] = Array.isArray(whole.examples) ? (whole.examples as unknown[]) : [];
      return {
        kind: 'text',
        format: typeof whole.format === 'string' ? whole.format : undefined,
        placeholder: example === undefined ? undefined : textOf(example),
      };
    }
    case 'number':
    case 'integer':
      return { kind: 'number', whole: whole.type === 'integer', range: rangeOf(whole) };
    case 'boolean':
      return { kind: 'boolean' };
    case 'array':
      return listShape(whole, root);
    case 'object':
      return groupShape(whole);
    default:
      return { kind: 'json' };
  }
}

/** The words of a schema: its own title and description, or those of what it refers to. */
export function wordsOf(schema: JsonSchema, root: JsonSchema): { title?: string; description?: string } {
  const { title, description } = unwrapped(schema, root);
  return {
    ...(typeof title === 'string' && title && { title }),
    ...(typeof description === 'string' && description && { description }),
  };
}
