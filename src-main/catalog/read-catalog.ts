import { randomBytes } from 'node:crypto';
import {
  describeIssues,
  parse,
  SCHEMA_VERSION,
  settingsSchema,
  type CatalogFile,
  type Settings,
} from '../contract/index.js';
import { migrate, versionOf, type RawCatalog } from './migrations/index.js';
import { freeze, KINDS, RECORD_SCHEMAS, type Kind, type RecordOf } from './records.js';

/**
 * What the bytes of a catalog hold.
 * `whole`: everything. `changedBy` says why it should be written back although nobody edited it.
 * `partly`: what could be read; `faults` names what could not.
 * `unreadable`: nothing; `newer` where a later Jackfield wrote it.
 */
export type Reading =
  | { kind: 'whole'; file: CatalogFile; changedBy?: 'migration' | 'salt'; version: number }
  | { kind: 'partly'; file: CatalogFile; faults: string[] }
  | { kind: 'unreadable'; reason: string; newer?: true };

export function emptyCatalog(): CatalogFile {
  return {
    schemaVersion: SCHEMA_VERSION,
    salt: newSalt(),
    settings: freeze(settingsSchema.parse({})),
    servers: [],
    remotes: [],
    links: [],
  };
}

function newSalt(): string {
  return randomBytes(24).toString('base64url');
}

/** Reads a catalog of this or any earlier version. Never throws, whatever the bytes. */
export function readCatalog(bytes: Uint8Array): Reading {
  const raw = decode(bytes);
  if ('reason' in raw) return { kind: 'unreadable', reason: raw.reason };
  const version = versionOf(raw.json);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
    return { kind: 'unreadable', reason: 'its schema version is not a number' };
  if (version > SCHEMA_VERSION)
    return {
      kind: 'unreadable',
      newer: true,
      reason: `it was written by a later Jackfield (schema ${version}; this one knows ${SCHEMA_VERSION})`,
    };
  return takeIn(migrate(raw.json, version), version);
}

function decode(bytes: Uint8Array): { json: RawCatalog } | { reason: string } {
  if (bytes.length === 0) return { reason: 'it is empty' };
  let json: unknown;
  try {
    // TextDecoder drops a byte order mark, which Windows editors like to write.
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { reason: 'it is not whole, or is not JSON' };
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { reason: 'it is JSON, but not a catalog' };
  if (!KINDS.some((kind) => kind in json) && !('settings' in json))
    return { reason: 'it is JSON, but not a catalog' };
  return { json: json as RawCatalog };
}

function takeIn(raw: RawCatalog, version: number): Reading {
  const faults: string[] = [];
  const hasSalt = typeof raw['salt'] === 'string' && raw['salt'].length >= 16;
  const servers = takeRecords(raw, 'servers', faults);
  const remotes = takeRecords(raw, 'remotes', faults);
  const file: CatalogFile = {
    schemaVersion: SCHEMA_VERSION,
    salt: hasSalt ? (raw['salt'] as string) : newSalt(),
    settings: takeSettings(raw['settings'], faults),
    servers,
    remotes,
    links: joined(takeRecords(raw, 'links', faults), servers, remotes, faults),
  };
  for (const key of Object.keys(raw)) if (!(key in file)) faults.push(`"${key}" is not a part of a catalog`);
  if (faults.length > 0) return { kind: 'partly', file, faults };
  if (version < SCHEMA_VERSION) return { kind: 'whole', file, changedBy: 'migration', version };
  return { kind: 'whole', file, version, ...(!hasSalt && { changedBy: 'salt' as const }) };
}

function takeSettings(raw: unknown, faults: string[]): Settings {
  const parsed = parse(settingsSchema, raw ?? {}, ['settings']);
  if (parsed.ok) return freeze(parsed.value);
  faults.push(describeIssues(parsed.fault.issues));
  return freeze(goodSettings(raw));
}

/** Each setting that is right is kept; the others go back to their defaults. */
function goodSettings(raw: unknown): Settings {
  const defaults = settingsSchema.parse({});
  if (typeof raw !== 'object' || raw === null) return defaults;
  return Object.entries(raw).reduce((kept, [key, value]) => {
    const tried = settingsSchema.safeParse({ ...kept, [key]: value });
    return tried.success ? tried.data : kept;
  }, defaults);
}

function takeRecords<K extends Kind>(raw: RawCatalog, kind: K, faults: string[]): RecordOf[K][] {
  const list = raw[kind] ?? [];
  if (!Array.isArray(list)) {
    faults.push(`${kind} is not a list`);
    return [];
  }
  const seen = new Set<string>();
  return list.flatMap((entry: unknown, index) => {
    const parsed = parse(RECORD_SCHEMAS[kind], entry, [kind, index]);
    if (!parsed.ok) {
      faults.push(describeIssues(parsed.fault.issues));
      return [];
    }
    const record = parsed.value as RecordOf[K];
    if (seen.has(record.id)) {
      faults.push(`${kind}.${index} has the id of an earlier one`);
      return [];
    }
    seen.add(record.id);
    return [freeze(record)];
  });
}

/** A link whose server or remote is not there has nothing left to say. */
function joined(
  links: RecordOf['links'][],
  servers: readonly { id: string }[],
  remotes: readonly { id: string }[],
  faults: string[],
): RecordOf['links'][] {
  const known = new Set([...servers, ...remotes].map(({ id }) => id));
  return links.filter((link) => {
    const whole = known.has(link.serverId) && known.has(link.remoteId);
    if (!whole) faults.push(`link ${link.id} names a server or remote that is not there`);
    return whole;
  });
}
