import {
  linkSchema,
  remoteSchema,
  serverSchema,
  type Remote,
  type Server,
  type StoredLink,
} from '../contract/index.js';

export type RecordOf = { servers: Server; remotes: Remote; links: StoredLink };
export type Kind = keyof RecordOf;
export const KINDS = ['servers', 'remotes', 'links'] as const satisfies readonly Kind[];

export const RECORD_SCHEMAS = { servers: serverSchema, remotes: remoteSchema, links: linkSchema };

/** Makes a value and all it holds unchangeable: what is in memory must never differ from what is on disk. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}

/**
 * The form in which a record is kept: checked, without `undefined`, sharing nothing with what it was made from.
 * @throws ZodError for a record that could not be read back; that is a bug of the caller, since input is checked at the door
 */
export function sealed<K extends Kind>(kind: K, record: unknown): RecordOf[K] {
  const plain: unknown = JSON.parse(JSON.stringify(record));
  return freeze(RECORD_SCHEMAS[kind].parse(plain)) as RecordOf[K];
}
