import { AppError, type Server, type Value } from '../../contract/index.js';
import type { ClientSpec, Place } from '../clients/client-spec.js';
import { entriesOf, placeOf, withEntries } from '../clients/entries.js';
import type { Target } from '../clients/targets.js';
import type { Input } from '../dialect/inputs.js';
import { CannotHold, writeEntry } from '../dialect/write-entry.js';
import { readEntry } from '../dialect/read-entry.js';
import { changesBetween } from '../formats/changes.js';
import { formatOf } from '../formats/index.js';
import { identityOf } from '../import/identity.js';
import { withInputs, withoutSpareInputs } from './inputs.js';
import { KeyBook } from './key-book.js';
import { isMap, mapOf, samePlain, withValueAt, type Plain, type PlainMap } from '../plain.js';

export type ExportPlan = {
  /** The file's text after the change. */
  text: string;
  /** The file's content before and after. */
  before: PlainMap;
  after: PlainMap;
  warnings: string[];
  /** Secrets that now stand in the text in plain. */
  plainSecrets: string[];
  /** The entries that are written, as they were before. */
  touched: Map<string, Plain | undefined>;
  /** Server's id → the name of its entry, for those that are in the file now. */
  keys: Map<string, string>;
  /** Entries that were there before, that nobody here wrote, and that would hold something else. */
  foreign: string[];
};

export type ExportOptions = {
  place: Place;
  resolve?: ((value: Value) => Promise<string>) | undefined;
  /** The name that a server's entry has had so far, where it has one; used while it is there. */
  keyOf?: ((server: Server) => string | undefined) | undefined;
  /** The entries that other servers here have in the file: never another one's to write over. */
  taken?: ReadonlySet<string> | undefined;
  /** The entries that Jackfield wrote. */
  written?: ReadonlySet<string> | undefined;
  /** What is written in the place of a server: itself, or what launches it. */
  standIn?: ((server: Server) => Server) | undefined;
};

/** @throws Unreadable for a text that cannot be edited safely; what `resolve` throws */
export async function planExport(
  text: string,
  { spec, title, branch }: Target,
  servers: readonly Server[],
  { place, resolve, keyOf, taken, written: ours, standIn = (server) => server }: ExportOptions,
): Promise<ExportPlan> {
  const before = formatOf(spec.format).read(text);
  const at = placeOf(spec, before, branch);
  const entries = entriesOf(before, at);
  const keys = new KeyBook(spec, entries, taken);
  const given = new Map<string, string>();
  const changed = new Map<string, PlainMap>();
  const warnings: string[] = [];
  const inputs: Input[] = [];
  const plainSecrets: string[] = [];
  for (const server of servers) {
    const key = keys.keyOf(server, keyOf?.(server));
    const existing = entries.get(key);
    try {
      const written = await writeEntry(standIn(server), spec.dialect, {
        client: title,
        platform: place.platform,
        home: place.home,
        resolve,
        existing: isMap(existing) ? existing : undefined,
      });
      changed.set(key, spec.layout === 'list' ? named(written.entry, key) : written.entry);
      given.set(server.id, key);
      warnings.push(
        ...written.warnings.map((warning) => (servers.length > 1 ? `${server.name}: ${warning}` : warning)),
      );
      if (isMap(existing) && isSwitchedOff(existing, spec))
        warnings.push(`"${key}" is switched off in ${title}, and stays so: switch it on there.`);
      inputs.push(...written.inputs);
      plainSecrets.push(...written.plainSecrets);
    } catch (error) {
      if (!(error instanceof CannotHold)) throw error;
      warnings.push(`${error.message}; it is not written.`);
    }
  }
  warnings.push(...keys.warnings, ...twins(entries, changed, spec));
  const root = Object.keys(before).length === 0 ? mapOf(Object.entries(spec.skeleton ?? {})) : before;
  const touched = new Map([...changed.keys()].map((key) => [key, entries.get(key)]));
  const written = withInputs(withValueAt(root, at.at, withEntries(before, at, changed)), inputs);
  const after = spareInputsGone(written, text, spec, touched);
  const next = changed.size === 0 ? text : edited(text, spec, before, after);
  return {
    text: next,
    before,
    after: changed.size === 0 ? before : after,
    warnings,
    plainSecrets,
    touched,
    keys: given,
    foreign: [...changed].flatMap(([key, entry]) => {
      const old = entries.get(key);
      return old === undefined || ours?.has(key) || samePlain(old, entry) ? [] : [key];
    }),
  };
}

/** Takes entries out of a client's file. Names that are not there are passed over. */
export function planRemoval(text: string, { spec, branch }: Target, names: readonly string[]): ExportPlan {
  const before = formatOf(spec.format).read(text);
  const at = placeOf(spec, before, branch);
  const entries = entriesOf(before, at);
  const gone = new Map(names.filter((name) => entries.has(name)).map((name) => [name, null]));
  const touched = new Map([...gone.keys()].map((key) => [key, entries.get(key)]));
  const left = gone.size === 0 ? before : withValueAt(before, at.at, withEntries(before, at, gone));
  const after = spareInputsGone(left, text, spec, touched);
  return {
    text: edited(text, spec, before, after),
    before,
    after,
    warnings: [],
    plainSecrets: [],
    touched,
    keys: new Map(),
    // Whoever takes an entry out that is not ours has named it.
    foreign: [],
  };
}

const isSwitchedOff = (entry: PlainMap, { dialect }: ClientSpec): boolean => {
  try {
    return readEntry(entry, { dialect }).off;
  } catch {
    return false;
  }
};

const spareInputsGone = (
  after: PlainMap,
  text: string,
  { dialect }: ClientSpec,
  touched: ReadonlyMap<string, Plain | undefined>,
): PlainMap => (dialect.references.inputs ? withoutSpareInputs(after, text, touched.values()) : after);

/** Edits, and then reads the result: whatever an edit was meant to do, this is what it did. */
function edited(text: string, spec: ClientSpec, before: PlainMap, after: PlainMap): string {
  const format = formatOf(spec.format);
  const next = format.edit(text, changesBetween(before, after));
  let read: PlainMap | undefined;
  try {
    read = format.read(next);
  } catch {
    read = undefined;
  }
  if (read && samePlain(read, after)) return next;
  throw new AppError(
    'unsupported',
    `The file of ${spec.title} is written in a way that Jackfield cannot change without touching other parts of it. Nothing was written.`,
    'Write the entry into the file by hand, or simplify how its servers are written, and try again.',
  );
}

const named = (entry: PlainMap, name: string): PlainMap =>
  Object.assign(Object.create(null), { name }, entry, { name });

/** Says where the same server stands in the file under another name. */
function twins(
  entries: ReadonlyMap<string, Plain>,
  changed: ReadonlyMap<string, PlainMap>,
  spec: ClientSpec,
): string[] {
  const identity = (entry: Plain): string | undefined => {
    try {
      return isMap(entry) ? identityOf(readEntry(entry, { dialect: spec.dialect }).transport) : undefined;
    } catch {
      return undefined;
    }
  };
  const others = new Map<string, string>();
  for (const [name, entry] of entries) {
    const id = changed.has(name) ? undefined : identity(entry);
    if (id !== undefined) others.set(id, name);
  }
  return [...changed].flatMap(([name, entry]) => {
    const twin = others.get(identity(entry) ?? '');
    if (twin === undefined || entries.has(name)) return [];
    return [
      `${spec.title} has the same server already as "${twin}": it will see its tools twice as "${name}".`,
    ];
  });
}
