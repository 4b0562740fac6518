import { isSecretRef, type Server, type Value } from '../../contract/index.js';
import { copyMap, emptyMap, isMap, mapOf, samePlain, type PlainMap } from '../plain.js';
import { ARGS_KEYS, COMMAND_KEYS, TYPE_KEYS, URL_KEYS } from './aliases.js';
import { bridged } from './bridge.js';
import type { Dialect, Launch, ReadEntry, Wanted } from './dialect.js';
import { inputFor, type Input } from './inputs.js';
import { readEntry } from './read-entry.js';
import { isReference, toOurReference, toTheirReference, variableFor, type References } from './references.js';
import { withShell } from './script-wrapper.js';

export type WriteOptions = {
  /** The client's name, for warnings. */
  client: string;
  platform: NodeJS.Platform;
  home: string;
  /** Looks a secret up; only there where the person said yes to plain text. */
  resolve?: ((value: Value) => Promise<string>) | undefined;
  /** What the client has under that name already. */
  existing?: PlainMap | undefined;
};

export type WrittenEntry = {
  entry: PlainMap;
  inputs: Input[];
  warnings: string[];
  /** Values that were looked up and now stand in the entry: never to be shown. */
  plainSecrets: string[];
};

/** A server the client has no way to hold. */
export class CannotHold extends Error {
  override readonly name = 'CannotHold';
}

/** @throws CannotHold, or what `resolve` throws */
export async function writeEntry(
  server: Server,
  dialect: Dialect,
  options: WriteOptions,
): Promise<WrittenEntry> {
  const written: WrittenEntry = { entry: emptyMap(), inputs: [], warnings: [], plainSecrets: [] };
  const wanted = wantedOf(server, dialect, options, written.warnings);
  const before = options.existing ? (dialect.toCommon?.(options.existing) ?? options.existing) : emptyMap();
  const entry = copyMap(before);
  putLaunch(entry, before, wanted, dialect, options, written);
  await putValues(entry, before, wanted, server, dialect, options, written);
  putTools(entry, server, dialect, options, written);
  // Two spellings of one thing would differ on the way there and back, and a file that says it already stays as it is.
  if (options.existing && samePlain(entry, before)) written.entry = options.existing;
  else {
    const { name, description } = server;
    const context = { name, description, transport: wanted.launch.type, before: options.existing };
    written.entry = dialect.fromCommon?.(entry, context) ?? entry;
  }
  return written;
}

function wantedOf(server: Server, dialect: Dialect, options: WriteOptions, warnings: string[]): Wanted {
  const { transport } = server;
  if (transport.type === 'inprocess')
    throw new CannotHold(`"${server.name}" runs inside its gateway, so no other program can reach it`);
  if (transport.type === 'stdio') {
    const { command, args, cwd, envFile, env } = transport;
    return { launch: { type: 'stdio', command, args, cwd, envFile }, values: new Map(Object.entries(env)) };
  }
  const wanted: Wanted = { launch: { type: transport.type, url: transport.url }, values: headersOf(server) };
  if (transport.auth.type === 'oauth')
    warnings.push(
      `"${server.name}" is signed in to with OAuth: ${options.client} asks you to sign in itself.`,
    );
  if (dialect.transports.includes(transport.type)) return wanted;
  if (!dialect.bridge)
    throw new CannotHold(
      `${options.client} cannot reach "${server.name}": it has no transport of the type ${transport.type}`,
    );
  warnings.push(
    `${options.client} has no transport of the type ${transport.type}, so "${server.name}" is reached through the npm package mcp-remote, which needs Node.js.`,
  );
  return bridged(server.name, wanted);
}

function headersOf({ transport }: Server): Map<string, Value> {
  if (transport.type !== 'sse' && transport.type !== 'streamable_http') return new Map();
  const headers = new Map(Object.entries(transport.headers));
  const { auth } = transport;
  if (auth.type !== 'header') return headers;
  for (const name of headers.keys())
    if (name.toLowerCase() === auth.header.toLowerCase()) headers.delete(name);
  return headers.set(auth.header, auth.token);
}

function putLaunch(
  entry: PlainMap,
  before: PlainMap,
  { launch }: Wanted,
  dialect: Dialect,
  options: WriteOptions,
  { warnings }: WrittenEntry,
): void {
  const old = launchOf(before, dialect);
  if (old && saysTheSame(old, launch, dialect)) return;
  const { fields, references } = dialect;
  const theirs = (text: string): string => toTheirReference(text, references, options.home);
  // Whatever other spelling said it before would contradict what is said now.
  for (const key of [...COMMAND_KEYS, ...ARGS_KEYS, ...URL_KEYS]) delete entry[key];
  for (const key of [fields.cwd, fields.envFile]) if (key !== undefined) delete entry[key];
  if (launch.type !== 'stdio') {
    entry[fields.url] = theirs(launch.url);
    putType(entry, old, launch, dialect);
    return;
  }
  putType(entry, old, launch, dialect);
  const wraps = dialect.wrapsScriptsOnWindows && options.platform === 'win32';
  const { command, args } = wraps ? withShell(launch.command, launch.args) : launch;
  entry[fields.command] = theirs(command);
  entry[fields.args] = args.map(theirs);
  if (launch.cwd && fields.cwd) entry[fields.cwd] = theirs(launch.cwd);
  else if (launch.cwd)
    warnings.push(`${options.client} starts it in a folder of its own choice, not in ${launch.cwd}.`);
  if (launch.envFile && fields.envFile) entry[fields.envFile] = theirs(launch.envFile);
  else if (launch.envFile)
    warnings.push(`${options.client} does not read ${launch.envFile}: what stands in it is missing there.`);
}

/** An entry that has the type already, in words or without, goes on saying it its own way. */
function putType(entry: PlainMap, old: OldLaunch | undefined, launch: Launch, dialect: Dialect): void {
  // Without a word the type may hang on the URL's path, or on the key it stood under.
  const impliesIt = launch.type === 'stdio' || launchOf(entry, withoutForms(dialect))?.type === launch.type;
  if (old?.type === launch.type && impliesIt) return;
  for (const key of TYPE_KEYS) delete entry[key];
  const word = dialect.typeWords[launch.type];
  if (!dialect.fields.type || !word) return;
  // First, where people look for it; in a file it is appended to what is there.
  const rest = Object.entries(entry);
  for (const key of Object.keys(entry)) delete entry[key];
  entry[dialect.fields.type] = word;
  for (const [key, value] of rest) entry[key] = value;
}

/** For an entry that is in the common shape already. */
function withoutForms({ toCommon: _to, fromCommon: _from, ...dialect }: Dialect): Dialect {
  return dialect;
}

type OldLaunch = ReadEntry['transport'];

function launchOf(before: PlainMap, dialect: Dialect): OldLaunch | undefined {
  try {
    return readEntry(before, { dialect }).transport;
  } catch {
    return undefined;
  }
}

/** An entry that starts the same program, or reaches the same address, keeps its wording: wrappers, types, spellings. */
function saysTheSame(old: OldLaunch, launch: Launch, { fields }: Dialect): boolean {
  if (old.type !== launch.type) return false;
  if (old.type === 'stdio' && launch.type === 'stdio')
    return (
      JSON.stringify([old.command, old.args]) === JSON.stringify([launch.command, launch.args]) &&
      (!fields.cwd || old.cwd === launch.cwd) &&
      (!fields.envFile || old.envFile === launch.envFile)
    );
  return 'url' in old && 'url' in launch && old.url === launch.url;
}

async function putValues(
  entry: PlainMap,
  before: PlainMap,
  { launch, values }: Wanted,
  server: Server,
  dialect: Dialect,
  options: WriteOptions,
  written: WrittenEntry,
): Promise<void> {
  const { env, headers } = dialect.fields;
  const [key, other] = launch.type === 'stdio' ? [env, headers] : [headers, env];
  if (other !== undefined && other !== key) delete entry[other];
  if (key === undefined) {
    if (values.size > 0)
      written.warnings.push(`${options.client} cannot send headers, so "${server.name}" goes without.`);
    return;
  }
  const old = isMap(before[key]) ? before[key] : undefined;
  const next = emptyMap();
  for (const [name, value] of values) {
    const kept = old && Object.hasOwn(old, name) ? old[name] : undefined;
    const text = await textOf(name, value, typeof kept === 'string' ? kept : undefined, {
      server,
      dialect,
      options,
      written,
      isHeader: launch.type !== 'stdio',
    });
    if (text !== undefined) next[name] = text;
  }
  if (Object.keys(next).length > 0 || old) entry[key] = inOrderOf(old, next);
  else delete entry[key];
}

/** Keeps the order a person gave their entries, so that an edit moves nothing. */
function inOrderOf(old: PlainMap | undefined, next: PlainMap): PlainMap {
  const known = Object.keys(old ?? {}).filter((key) => Object.hasOwn(next, key));
  const fresh = Object.keys(next).filter((key) => !old || !Object.hasOwn(old, key));
  return mapOf([...known, ...fresh].map((key) => [key, next[key]]));
}

type ValueContext = {
  server: Server;
  dialect: Dialect;
  options: WriteOptions;
  written: WrittenEntry;
  isHeader: boolean;
};

const referencesFor = ({ dialect, isHeader }: ValueContext): References =>
  (isHeader ? dialect.headerReferences : undefined) ?? dialect.references;

async function textOf(
  name: string,
  value: Value,
  kept: string | undefined,
  context: ValueContext,
): Promise<string | undefined> {
  const { options, written } = context;
  if (!isSecretRef(value)) {
    if (kept !== undefined && toOurReference(kept) === value) return kept;
    return toTheirReference(value, referencesFor(context), options.home);
  }
  if (options.resolve) {
    const text = await options.resolve(value);
    written.plainSecrets.push(text);
    return text;
  }
  return kept !== undefined && isReference(kept) ? kept : pointAtSecret(name, kept, context);
}

function pointAtSecret(name: string, kept: string | undefined, context: ValueContext): string | undefined {
  const { server, options, written, isHeader } = context;
  const references = referencesFor(context);
  const what = isHeader ? `The header ${name}` : name;
  if (references.inputs) {
    const input = inputFor(server.name, name);
    written.inputs.push(input);
    written.warnings.push(`${options.client} asks for ${name} once and keeps it in its own secret storage.`);
    return `\${input:${input.id}}`;
  }
  if (references.env) {
    const variable = isHeader ? variableFor(server.name, name) : name;
    written.warnings.push(
      `${what} is a secret and is not written: set the environment variable ${variable} to its whole value before you start ${options.client}.`,
    );
    return references.env(variable);
  }
  written.warnings.push(
    kept === undefined
      ? `${what} is a secret and is left out, since ${options.client} can hold it in plain text only. Write it into the file yourself, or export with secrets in plain text.`
      : `${what} is a secret that the file holds in plain text already. It stays as it is there, since ${options.client} has no other way to hold it.`,
  );
  return kept;
}

function putTools(
  entry: PlainMap,
  { tools, name }: Server,
  dialect: Dialect,
  options: WriteOptions,
  { warnings }: WrittenEntry,
): void {
  const { allow, autoApprove } = dialect.tools ?? {};
  if (!tools.execute.includes('*')) {
    if (allow) entry[allow] = [...tools.execute];
    else
      warnings.push(`${options.client} has no list of allowed tools: all tools of "${name}" are on there.`);
  }
  // Never taken away and never all of them: what runs without asking in a client is that client's person's choice.
  if (!autoApprove || entry[autoApprove] === true) return;
  if (tools.autoExecute.length > 0 && !tools.autoExecute.includes('*'))
    entry[autoApprove] = [...tools.autoExecute];
}
