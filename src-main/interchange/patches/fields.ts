import { isSecretRef, type Server, type ServerInput, type ValueInput } from '../../contract/index.js';
import type { Dialect } from '../dialect/dialect.js';
import { NoServer, readEntry } from '../dialect/read-entry.js';
import { unbridged } from '../dialect/bridge.js';
import type { PlainMap } from '../plain.js';

/** What one side says of a server, by dotted fields: `transport.command`, `transport.env.LOG_LEVEL`. */
export type FieldMap = ReadonlyMap<string, FieldValue>;
export type FieldValue = ValueInput | readonly string[];

type Parts = { transport: ServerInput['transport']; tools?: ServerInput['tools'] | undefined };

/** The fields of a server that a client can be told, as they are here. */
export function fieldsOfServer(server: Server, dialect: Dialect): FieldMap {
  return fieldsOf(server, dialect);
}

/**
 * The same out of an entry in a client's file. A server reached through a bridge counts as the address behind it.
 * @throws NoServer
 */
export function fieldsOfEntry(entry: PlainMap, dialect: Dialect): FieldMap {
  const read = readEntry(entry, { dialect, trusted: true });
  return fieldsOf({ ...read, transport: unbridged(read.transport) }, dialect);
}

/** As above; an entry that is no server of ours to understand has one field, which says so. */
export function fieldsOfAnyEntry(entry: PlainMap, dialect: Dialect): FieldMap {
  try {
    return fieldsOfEntry(entry, dialect);
  } catch (error) {
    if (!(error instanceof NoServer)) throw error;
    return new Map([['entry', JSON.stringify(entry)]]);
  }
}

/** `dialect` says which fields there are. */
export function fieldsOf({ transport, tools }: Parts, dialect: Dialect): FieldMap {
  const fields = new Map<string, FieldValue>([['transport.type', transport.type]]);
  if (transport.type === 'stdio') {
    fields.set('transport.command', transport.command);
    fields.set('transport.args', transport.args ?? []);
    if (transport.cwd && dialect.fields.cwd) fields.set('transport.cwd', transport.cwd);
    if (transport.envFile && dialect.fields.envFile) fields.set('transport.envFile', transport.envFile);
    for (const [name, value] of Object.entries(transport.env ?? {}))
      fields.set(`transport.env.${name}`, value);
  } else if (transport.type !== 'inprocess') {
    fields.set('transport.url', transport.url);
    for (const [name, value] of headersOf(transport)) fields.set(`transport.headers.${name}`, value);
  }
  if (dialect.tools?.allow) fields.set('tools.execute', tools?.execute ?? ['*']);
  if (dialect.tools?.autoApprove) fields.set('tools.autoExecute', tools?.autoExecute ?? []);
  return fields;
}

/** Headers by their names in lower case, since a client may spell them another way; the token is one of them. */
function headersOf(transport: Extract<ServerInput['transport'], { url: string }>): Map<string, ValueInput> {
  const headers = new Map(
    Object.entries(transport.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const { auth } = transport;
  if (auth?.type === 'header') headers.set(auth.header.toLowerCase(), auth.token);
  return headers;
}

/** A text that stands for a value and is the same for the same value alone. A secret's value is not in it. */
export function tokenOf(value: FieldValue | undefined): string {
  if (value === undefined) return 'none';
  return isSecretRef(value) ? `secret ${value.secret}` : `plain ${JSON.stringify(value)}`;
}
