import { isSecretRef, type ClientChange, type Server } from '../../contract/index.js';
import { looksLikeSecret } from '../../contract/looks-like-secret.js';
import { isReference } from '../dialect/references.js';
import { maskUrl, secretArgs } from '../import/secrets.js';
import { changedFields } from './cell-state.js';
import { tokenOf, type FieldMap, type FieldValue } from './fields.js';
import type { Digests, Patch } from './patch-book.js';

const MASK = '••••';

/** What differs between the two sides now, and who made it differ. */
export function changesOf(
  local: FieldMap,
  client: FieldMap,
  patch: Patch | undefined,
  digest: (fields: FieldMap) => Digests,
): ClientChange[] {
  const here = patch && changedFields(patch.local, digest(local));
  const there = patch && changedFields(patch.theirs, digest(client));
  const fields = [...new Set([...local.keys(), ...client.keys()])];
  return fields.flatMap((field): ClientChange[] => {
    const [ours, theirs] = [local.get(field), client.get(field)];
    if (tokenOf(ours) === tokenOf(theirs)) return [];
    const byLocal = here?.has(field) ?? false;
    const byClient = there?.has(field) ?? false;
    if (patch ? !byLocal && !byClient : isSecretRef(ours)) return [];
    const changedBy = !patch ? 'unknown' : byLocal ? (byClient ? 'both' : 'local') : 'client';
    return [changeOf(field, ours, theirs, changedBy)];
  });
}

function changeOf(
  field: string,
  ours: FieldValue | undefined,
  theirs: FieldValue | undefined,
  changedBy: ClientChange['changedBy'],
): ClientChange {
  const change: ClientChange = { field, changedBy };
  const [local, client] = [shown(field, ours), shown(field, theirs)];
  if (local) change.local = local.text;
  if (client) change.client = client.text;
  if (local?.secret || client?.secret) change.secret = true;
  return change;
}

/** A value as a person can be shown it: nothing that is a secret, or looks like one, is in it. */
export function shown(
  field: string,
  value: FieldValue | undefined,
): { text: string; secret: boolean } | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    const name = field.split('.').slice(2).join('.');
    const secret = looksLikeSecret(name, value) || (field === 'entry' && value.length > 0);
    return { text: secret ? MASK : maskUrl(value), secret };
  }
  if (!Array.isArray(value)) return { text: MASK, secret: true };
  const list = value as readonly string[];
  const hidden = new Set(field === 'transport.args' ? secretArgs(list) : []);
  const words = list.map((word, index) => (hidden.has(index) ? MASK : maskUrl(word)));
  return {
    text: field === 'transport.args' ? words.map(quoted).join(' ') : words.join(', '),
    secret: hidden.size > 0,
  };
}

const quoted = (text: string): string => (text === '' || /[\s"'\\]/.test(text) ? JSON.stringify(text) : text);

type Json = Record<string, unknown>;

/**
 * The edit of a server that takes over fields of a client's entry, for a deep merge: `null` takes a field out.
 * `undefined`: there is nothing to take over.
 */
export function pullPatch(
  server: Server,
  client: FieldMap,
  fields: readonly string[],
  headerNames: ReadonlyMap<string, string>,
): Json | undefined {
  const patch: { transport: Json; tools: Json } = { transport: {}, tools: {} };
  const type = client.get('transport.type');
  // Another kind of transport is taken over whole, or not at all.
  const all =
    typeof type === 'string' && type !== server.transport.type
      ? [...client.keys()].filter((field) => field.startsWith('transport.') || fields.includes(field))
      : fields;
  for (const field of all) pullField(server, client, field, headerNames, patch);
  if (Object.keys(patch.tools).length === 0) delete (patch as Json)['tools'];
  if (Object.keys(patch.transport).length === 0) delete (patch as Json)['transport'];
  else patch.transport['type'] ??= server.transport.type;
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function pullField(
  server: Server,
  client: FieldMap,
  field: string,
  headerNames: ReadonlyMap<string, string>,
  patch: { transport: Json; tools: Json },
): void {
  const value = client.get(field);
  const [part = '', key = '', ...rest] = field.split('.');
  const name = rest.join('.');
  if (part === 'tools') {
    patch.tools[key] = value ?? (key === 'execute' ? ['*'] : []);
    if (key === 'execute' && !client.has('tools.autoExecute'))
      patch.tools['autoExecute'] = withinAllowed(server.tools.autoExecute, value as readonly string[]);
  } else if (part !== 'transport') return;
  else if (key === 'env')
    patch.transport['env'] = { ...(patch.transport['env'] as Json), [name]: kept(name, value) };
  else if (key === 'headers') pullHeader(server, name, value, headerNames, patch.transport);
  else patch.transport[key] = value ?? null;
}

function pullHeader(
  { transport }: Server,
  name: string,
  value: FieldValue | undefined,
  headerNames: ReadonlyMap<string, string>,
  patch: Json,
): void {
  const http = transport.type === 'sse' || transport.type === 'streamable_http' ? transport : undefined;
  if (http?.auth.type === 'header' && http.auth.header.toLowerCase() === name) {
    patch['auth'] = value === undefined ? { type: 'none' } : { ...http.auth, token: kept(name, value) };
    return;
  }
  const own = Object.keys(http?.headers ?? {}).find((header) => header.toLowerCase() === name);
  const header = own ?? headerNames.get(name) ?? name;
  patch['headers'] = { ...(patch['headers'] as Json), [header]: kept(name, value) };
}

/** A plain value that looks like a secret becomes one. */
function kept(name: string, value: FieldValue | undefined): unknown {
  if (typeof value !== 'string') return value ?? null;
  return value !== '' && !isReference(value) && looksLikeSecret(name, value) ? { newSecret: value } : value;
}

function withinAllowed(approved: readonly string[], allowed: readonly string[] = ['*']): string[] {
  if (allowed.includes('*')) return [...approved];
  return approved.filter((tool) => allowed.includes(tool));
}
