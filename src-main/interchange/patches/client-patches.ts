import {
  AppError,
  type ClientCell,
  type ClientChange,
  type ClientColumn,
  type ExportForm,
  type LeftEntry,
  type Server,
} from '../../contract/index.js';
import type { Place } from '../clients/client-spec.js';
import { readColumn, type ReadColumn } from '../clients/read-column.js';
import { allTargets, targetNamed, type Target } from '../clients/targets.js';
import { NoServer, readEntry } from '../dialect/read-entry.js';
import type { ExportPlan } from '../export/export-plan.js';
import type { Guard } from '../export/exporter.js';
import type { Launcher } from '../export/launcher.js';
import { entriesOf, placeOf } from '../clients/entries.js';
import { isMap, type PlainMap } from '../plain.js';
import { cellState, changedFields, type Comparing } from './cell-state.js';
import { changesOf, pullPatch } from './drift.js';
import { FoundServers, grouped } from './found-servers.js';
import type { Digests, Patch, PatchBook } from './patch-book.js';
import { clientSide, localSide } from './sides.js';

/** What is wanted of an entry that is written. */
export type PatchAs = { form: (serverId: string) => ExportForm; plainSecrets: boolean };

/** An edit of the server here, and what to remember once it is made. */
export type Pull = { patch: Record<string, unknown>; settle(server: Server): Promise<void> };

/** Which server is patched into which client's file, and how each pair stands. */
export class ClientPatches {
  constructor(
    private readonly place: Place,
    private readonly launcher: Launcher | undefined,
    private readonly book: PatchBook,
  ) {}

  /** The columns and jacks of every client's file, or of some. Reads files; writes nothing. */
  async list(
    servers: readonly Server[],
    words?: readonly string[],
  ): Promise<{ columns: ClientColumn[]; cells: ClientCell[] }> {
    const wanted = words && new Set(words);
    const targets = (await allTargets(this.place)).filter(({ word }) => !wanted || wanted.has(word));
    const read = await Promise.all(targets.map(readColumn));
    const byClient = grouped(await this.book.all(), ({ client }) => client);
    const known = new FoundServers(servers);
    const columns: ClientColumn[] = [];
    const cells: ClientCell[] = [];
    const comparing = await this.#comparing();
    for (const column of read) {
      const patches = byClient.get(column.target.word) ?? [];
      const own = await this.#cells(column, patches, known, comparing);
      cells.push(...own);
      columns.push(columnOf(column, own));
    }
    columns.sort((a, b) => Number(b.exists) - Number(a.exists));
    return { columns, cells };
  }

  async #cells(
    { target, entries }: ReadColumn,
    patches: readonly Patch[],
    known: FoundServers,
    comparing: Comparing,
  ): Promise<ClientCell[]> {
    const cells: ClientCell[] = [];
    const taken = new Set<string>();
    for (const patch of patches) {
      const server = known.server(patch.serverId);
      if (!server) continue;
      taken.add(patch.entry);
      const state = entries
        ? await cellState(patch, server, entries.get(patch.entry), target, comparing)
        : 'unknown';
      cells.push({ ...cellOf(patch), state });
    }
    const patched = new Set(cells.map(({ serverId }) => serverId));
    for (const [entry, raw] of entries ?? []) {
      if (taken.has(entry)) continue;
      const match = known.match(entry, raw, target.spec.dialect);
      if (!match || patched.has(match.serverId)) continue;
      patched.add(match.serverId);
      cells.push({ client: target.word, entry, state: 'found', ...match });
    }
    return cells;
  }

  /** @throws AppError `not_found` where the client has no such entry */
  async diff(client: string, server: Server): Promise<{ cell: ClientCell; changes: ClientChange[] }> {
    const { cell, patch, local, theirs, comparing } = await this.#pair(client, server);
    return { cell, changes: theirs ? changesOf(local, theirs, patch, comparing.digest) : [] };
  }

  /**
   * The edit that takes the client's changes over. `fields`: which of them, by the names that `diff` answers.
   * @throws AppError `not_found`, `unsupported` where there is nothing that could be taken over
   */
  async pull(client: string, server: Server, fields?: readonly string[]): Promise<Pull> {
    const { cell, patch, local, theirs, entry, target, comparing } = await this.#pair(client, server);
    if (!theirs || !entry) throw nothingToPull(server, target);
    const changes = changesOf(local, theirs, patch, comparing.digest);
    const offered = changes.filter(({ changedBy }) => changedBy !== 'local').map(({ field }) => field);
    const chosen = fields ? offered.filter((field) => fields.includes(field)) : offered;
    const edit = pullPatch(server, theirs, chosen, headerNamesOf(entry, target));
    if (!edit) throw nothingToPull(server, target);
    const settle = async (now: Server): Promise<void> => {
      const { dialect } = target.spec;
      const form: ExportForm = theirs.has('launcher') ? 'launcher' : 'direct';
      const [ours, seen] = [localSide(now, form, dialect, this.launcher), clientSide(entry, now, dialect)];
      const left = new Set(offered.filter((field) => !chosen.includes(field)));
      await this.book.put([
        {
          ...(patch ?? { client, serverId: server.id, entry: cell.entry, at: new Date().toISOString() }),
          form,
          local: merged(patch?.local, comparing.digest(ours), left),
          theirs: merged(patch?.theirs, comparing.digest(seen), left),
        },
      ]);
    };
    return { patch: edit, settle };
  }

  /** Remembers what was written, which from now on is what both sides are compared with. */
  async wrote(target: Target, servers: readonly Server[], plan: ExportPlan, as: PatchAs): Promise<void> {
    const { spec, branch, word } = target;
    const entries = entriesOf(plan.after, placeOf(spec, plan.after, branch));
    const { digest } = await this.#comparing();
    const at = new Date().toISOString();
    const patches = servers.flatMap((server): Patch[] => {
      const entry = plan.keys.get(server.id);
      const raw = entry === undefined ? undefined : entries.get(entry);
      if (entry === undefined || !isMap(raw)) return [];
      const form = as.form(server.id);
      return [
        {
          client: word,
          serverId: server.id,
          entry,
          form,
          ...(as.plainSecrets && { plainSecrets: true as const }),
          at,
          local: digest(localSide(server, form, spec.dialect, this.launcher)),
          theirs: digest(clientSide(raw, server, spec.dialect)),
        },
      ];
    });
    await this.book.put(patches);
  }

  /** After entries were taken out. */
  async removed(target: Target, names: readonly string[]): Promise<void> {
    const gone = new Set(names);
    await this.book.drop(({ client, entry }) => client === target.word && gone.has(entry));
  }

  /**
   * After a backup was put back: what is there again is older than what is here; what is gone was taken back on purpose.
   */
  async restored(target: Target): Promise<void> {
    const { entries } = await readColumn(target);
    if (!entries) return;
    const mine = (await this.book.all()).filter(({ client }) => client === target.word);
    await this.book.drop(({ client, entry }) => client === target.word && !entries.has(entry));
    const { digest } = await this.#comparing();
    await this.book.put(
      mine.flatMap((patch) => {
        const entry = entries.get(patch.entry);
        if (!entry) return [];
        const theirs = digest(clientSide(entry, { id: patch.serverId }, target.spec.dialect));
        if (changedFields(patch.theirs, theirs).size === 0) return [];
        return [{ ...patch, theirs, local: {} }];
      }),
    );
  }

  /** @returns whether there was something to forget */
  async forget(client: string, serverId: string): Promise<boolean> {
    const known = await this.book.of(client, serverId);
    await this.book.drop((patch) => patch.client === client && patch.serverId === serverId);
    return known !== undefined;
  }

  /** Every patch of a client: the name and the form of each server's entry. */
  async of(client: string): Promise<ReadonlyMap<string, Patch>> {
    const patches = (await this.book.all()).filter((patch) => patch.client === client);
    return new Map(patches.map((patch) => [patch.serverId, patch]));
  }

  /** The entries of a server that Jackfield wrote and that are there still; files that cannot be read are passed over. */
  async leftOf(serverId: string): Promise<LeftEntry[]> {
    const patches = (await this.book.all()).filter((patch) => patch.serverId === serverId);
    if (patches.length === 0) return [];
    const targets = await allTargets(this.place);
    const left = patches.map(async ({ client, entry }): Promise<LeftEntry[]> => {
      const target = targets.find(({ word }) => word === client);
      if (!target) return [];
      const { entries } = await readColumn(target);
      return entries?.has(entry) ? [{ client, title: target.title, path: target.path, entry }] : [];
    });
    return (await Promise.all(left)).flat();
  }

  settled(): Promise<void> {
    return this.book.settled();
  }

  /** The words of the clients that any of these servers is patched into. */
  async clientsOf(serverIds: ReadonlySet<string>): Promise<string[]> {
    const patches = (await this.book.all()).filter(({ serverId }) => serverIds.has(serverId));
    return [...new Set(patches.map(({ client }) => client))];
  }

  /**
   * Refuses to replace or take out an entry that somebody changed after Jackfield wrote it, unless that change was
   * looked at.
   */
  async guard(target: Target, hasConsent: boolean): Promise<Guard> {
    const patches = await this.of(target.word);
    const { digest } = await this.#comparing();
    const byEntry = new Map([...patches.values()].map((patch) => [patch.entry, patch]));
    return ({ touched }, wasShown) => {
      if (hasConsent) return;
      for (const [key, entry] of touched) {
        const patch = byEntry.get(key);
        if (!patch || !isMap(entry) || wasShown(key)) continue;
        const now = digest(clientSide(entry, { id: patch.serverId }, target.spec.dialect));
        if (changedFields(patch.theirs, now).size > 0) throw changedThere(key, target);
      }
    };
  }

  async #pair(client: string, server: Server) {
    const target = await targetNamed(client, this.place);
    const column = await readColumn(target);
    const patch = await this.book.of(client, server.id);
    const comparing = await this.#comparing();
    const [cell] = await this.#cells(column, patch ? [patch] : [], new FoundServers([server]), comparing);
    if (!cell)
      throw new AppError(
        'not_found',
        `${target.title} has no entry for "${server.name}".`,
        'Export the server to it first.',
      );
    const entry = column.entries?.get(cell.entry);
    const { dialect } = target.spec;
    const local = localSide(server, cell.form, dialect, this.launcher);
    const theirs = entry && clientSide(entry, server, dialect);
    return { target, cell, patch, entry, local, theirs, comparing };
  }

  async #comparing(): Promise<Comparing> {
    return { place: this.place, launcher: this.launcher, digest: await this.book.digester() };
  }
}

function columnOf({ target, found, entries }: ReadColumn, cells: readonly ClientCell[]): ClientColumn {
  const ours = new Set(cells.map(({ entry }) => entry));
  const others = [...(entries?.keys() ?? [])].filter((name) => !ours.has(name));
  return {
    ...found,
    isPatched: cells.some(({ state }) => state !== 'found'),
    isProject: target.isProject,
    otherCount: others.length,
  };
}

const cellOf = ({ client, serverId, entry, form, plainSecrets, at }: Patch): Omit<ClientCell, 'state'> => ({
  client,
  serverId,
  entry,
  form,
  ...(plainSecrets && { plainSecrets }),
  writtenAt: at,
});

/** What is compared from now on: everything as it is, but for what was left as it was. */
function merged(before: Digests | undefined, now: Digests, left: ReadonlySet<string>): Digests {
  if (!before) return now;
  const kept = Object.entries(before).filter(([field]) => left.has(field));
  return {
    ...Object.fromEntries(Object.entries(now).filter(([field]) => !left.has(field))),
    ...Object.fromEntries(kept),
  };
}

function headerNamesOf(entry: PlainMap, { spec }: Target): Map<string, string> {
  try {
    const { transport } = readEntry(entry, { dialect: spec.dialect });
    const names = 'headers' in transport ? Object.keys(transport.headers ?? {}) : [];
    return new Map(names.map((name) => [name.toLowerCase(), name]));
  } catch (error) {
    if (error instanceof NoServer) return new Map();
    throw error;
  }
}

function nothingToPull(server: Server, { title }: Target): AppError {
  return new AppError(
    'unsupported',
    `${title} has changed nothing of "${server.name}" that could be taken over.`,
    'Export the server again to put the entry right, or remove it there.',
  );
}

function changedThere(key: string, { title, path }: Target): AppError {
  return new AppError(
    'consent_required',
    `The entry "${key}" in ${path} was changed after Jackfield wrote it, by ${title} or by hand. Nothing was written.`,
    'Look at what was changed. Take it over, or export again with consent to overwrite it.',
  );
}
