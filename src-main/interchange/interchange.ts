import { randomBytes } from 'node:crypto';
import {
  AppError,
  type ClientBackup,
  type ClientCell,
  type ClientChange,
  type ClientColumn,
  type ExportForm,
  type FoundClient,
  type ImportItem,
  type LeftEntry,
  type ReadServer,
  type Server,
  type TextKind,
  type Value,
} from '../contract/index.js';
import { readClientFile } from './client-file.js';
import type { Place } from './clients/client-spec.js';
import { entriesOf, placeOf } from './clients/entries.js';
import { readColumn } from './clients/read-column.js';
import { allTargets, targetNamed, targetsIn, type Target } from './clients/targets.js';
import { ClientBackups } from './export/backups.js';
import type { ExportOptions } from './export/export-plan.js';
import { Exporter, refused, type ExportPreview, type ExportResult } from './export/exporter.js';
import { noLauncher, throughLauncher, type Launcher } from './export/launcher.js';
import { Unreadable } from './formats/format.js';
import { formatOf } from './formats/index.js';
import { draftsOf, type ImportChoice, type ImportDraft } from './import/draft.js';
import type { Findings, Found } from './import/found.js';
import { readServers } from './import/read-servers.js';
import { planImport, type ImportPlan } from './import/import-plan.js';
import { readPasted } from './paste/paste.js';
import { ClientPatches, type Pull } from './patches/client-patches.js';
import { PatchBook } from './patches/patch-book.js';
import { isMap } from './plain.js';
import { ClientWatch } from './watch/client-watch.js';

export type { ExportPreview, ExportResult } from './export/exporter.js';
export type { ImportChoice, ImportDraft } from './import/draft.js';
export type { Launcher } from './export/launcher.js';
export type { Pull } from './patches/client-patches.js';

/** Where to import from: a text, a client by the word that `scan` answers, or the clients' files in a folder. */
export type ImportSource =
  | { text: string; fileName?: string | undefined }
  | { client: string }
  | { clients: readonly string[] }
  | { folder: string };

export type InterchangePorts = Place & {
  /** Where backups of clients' files are kept, under `backups/clients`, and `clients.json`. */
  dataDir: string;
  /** How a client starts Jackfield's command; without it no entry can point at the launcher. */
  launcher?: Launcher | undefined;
};

/** How servers are to stand in a client's file. */
export type ExportWish = {
  /** Looks secrets up, where the person said yes to plain text. */
  resolve?: Resolve | undefined;
  /** Without it an entry keeps the form it has, and a new one is direct. */
  form?: ExportForm | undefined;
  /** The person agrees to replace entries that were changed since they were written. */
  overwrite?: boolean;
  /** Whether there is (still) a server of this id: the entries of others are not written over. */
  isServer?: (id: string) => boolean;
};

/** Which entries are to be taken out: those of servers, and any by their names. */
export type RemovalWish = { serverIds: readonly string[]; entries: readonly string[] };

type Resolve = (value: Value) => Promise<string>;

/** The columns of the patch bay that are AI clients on this computer: their files, read and written. */
export class Interchange {
  readonly #place: Place;
  readonly #exporter: Exporter;
  readonly #backups: ClientBackups;
  readonly #patches: ClientPatches;
  readonly #launcher: Launcher | undefined;
  /** Keeps the keys of import items from telling anything about the secrets an entry holds. */
  readonly #salt = randomBytes(16).toString('hex');

  constructor({ dataDir, platform, home, env, launcher }: InterchangePorts) {
    this.#place = { platform, home, env };
    this.#launcher = launcher;
    this.#backups = new ClientBackups(dataDir);
    this.#exporter = new Exporter(this.#backups);
    this.#patches = new ClientPatches(this.#place, launcher, new PatchBook(dataDir));
  }

  /** Every client's file, those that are there first. Reads them all; writes nothing. */
  async scan(): Promise<FoundClient[]> {
    const columns = await Promise.all((await allTargets(this.#place)).map(readColumn));
    return columns.map(({ found }) => found).sort((a, b) => Number(b.exists) - Number(a.exists));
  }

  /** The clients' files as columns of the patch bay, and what each jack shows. Writes nothing. */
  clients(
    servers: readonly Server[],
    words?: readonly string[],
  ): Promise<{ columns: ClientColumn[]; cells: ClientCell[] }> {
    return this.#patches.list(servers, words);
  }

  /**
   * Watches every client's file, once it is started. `changed` hears the words of those clients whose servers are
   * others than before, whoever made them so.
   */
  watch(changed: (clients: string[]) => void): ClientWatch {
    return new ClientWatch(() => allTargets(this.#place), changed);
  }

  /** What a client is called. @throws AppError `not_found` */
  async titleOf(client: string): Promise<string> {
    return (await targetNamed(client, this.#place)).title;
  }

  /** What Jackfield wrote of a server that is still in clients' files. */
  leftOf(serverId: string): Promise<LeftEntry[]> {
    return this.#patches.leftOf(serverId);
  }

  /** The words of the clients that any of these servers is patched into. */
  clientsOf(serverIds: ReadonlySet<string>): Promise<string[]> {
    return this.#patches.clientsOf(serverIds);
  }

  /** What differs between a server and its entry there. @throws AppError `not_found` */
  diff(client: string, server: Server): Promise<{ cell: ClientCell; changes: ClientChange[] }> {
    return this.#patches.diff(client, server);
  }

  /** The edit that takes the client's changes over; `settle` it once it is made. @throws AppError `unsupported` */
  pull(client: string, server: Server, fields?: readonly string[]): Promise<Pull> {
    return this.#patches.pull(client, server, fields);
  }

  /** When everything that is to be remembered of clients' files is on disk. */
  settled(): Promise<void> {
    return this.#patches.settled();
  }

  /** Stops following an entry. @returns whether it was followed */
  forget(client: string, serverId: string): Promise<boolean> {
    return this.#patches.forget(client, serverId);
  }

  /** The servers in a text, for a form: what looks like a secret comes as `{ newSecret }`. */
  read(text: string, fileName?: string): { servers: ReadServer[]; problems: string[]; kind: TextKind } {
    return readServers(readPasted(text, fileName));
  }

  /** What importing would do. @throws AppError `not_found`, `io`, `unsupported` for a client's file that cannot be read */
  async preview(
    source: ImportSource,
    existing: readonly Server[],
  ): Promise<{ items: ImportItem[]; problems: string[] }> {
    const { planned, problems } = await this.#plan(source, existing);
    return { items: planned.map(({ item }) => item), problems };
  }

  /**
   * The servers that the chosen items would become. Values at `secretPaths` come as `{ newSecret }`.
   * @throws AppError `not_found` where the source is no longer what was shown, `invalid` for an impossible choice
   */
  async draft(
    source: ImportSource,
    existing: readonly Server[],
    choices: Readonly<Record<string, ImportChoice>>,
  ): Promise<ImportDraft[]> {
    return draftsOf(await this.#plan(source, existing), existing, choices);
  }

  /**
   * The change of the client's file, with secrets blanked. With `resolve` secrets are written in plain text.
   * @throws AppError `not_found`, `unsupported`, `io`
   */
  async exportPreview(
    client: string,
    servers: readonly Server[],
    wish: ExportWish = {},
  ): Promise<ExportPreview> {
    const target = await targetNamed(client, this.#place);
    return this.#exporter.preview(target, servers, (await this.#optionsFor(target, wish)).options);
  }

  /**
   * Does it. @throws AppError as above; `revision_conflict` where the file was changed behind our back;
   * `consent_required` where an entry was changed since it was written, and nobody has looked at that
   */
  async exportApply(
    client: string,
    servers: readonly Server[],
    wish: ExportWish = {},
  ): Promise<ExportResult> {
    const target = await targetNamed(client, this.#place);
    const { options, form } = await this.#optionsFor(target, wish);
    const guard = await this.#patches.guard(target, wish.overwrite ?? false);
    const { result, plan } = await this.#exporter.apply(target, servers, options, guard);
    await this.#patches.wrote(target, servers, plan, { form, plainSecrets: wish.resolve !== undefined });
    return result;
  }

  /** The same for taking entries out. */
  async removalPreview(client: string, wish: RemovalWish): Promise<ExportPreview> {
    const target = await targetNamed(client, this.#place);
    return this.#exporter.previewRemoval(target, await this.#namesOf(target, wish));
  }

  /** @throws AppError as for `exportApply` */
  async removalApply(client: string, wish: RemovalWish, overwrite = false): Promise<ExportResult> {
    const target = await targetNamed(client, this.#place);
    const names = await this.#namesOf(target, wish);
    const guard = await this.#patches.guard(target, overwrite);
    const { result } = await this.#exporter.applyRemoval(target, names, guard);
    await this.#patches.removed(target, names);
    return result;
  }

  /** Backups of a client's file, newest first. */
  async backups(client: string): Promise<ClientBackup[]> {
    const { word } = await targetNamed(client, this.#place);
    return this.#backups.described(word);
  }

  /** What putting a backup back would change. Without `backup` the newest. */
  async undoPreview(client: string, backup?: string): Promise<ExportPreview> {
    return this.#exporter.previewRestore(await targetNamed(client, this.#place), backup);
  }

  /** Puts a backup back, byte for byte; what stands there now is kept as a backup first. */
  async undo(client: string, backup?: string): Promise<ExportResult> {
    const target = await targetNamed(client, this.#place);
    const result = await this.#exporter.restore(target, backup);
    await this.#patches.restored(target);
    return result;
  }

  async #optionsFor(
    target: Target,
    { resolve, form: wanted, isServer = () => false }: ExportWish,
  ): Promise<{ options: ExportOptions; form: (serverId: string) => ExportForm }> {
    const patches = await this.#patches.of(target.word);
    const form = (serverId: string): ExportForm => wanted ?? patches.get(serverId)?.form ?? 'direct';
    const standIn = (server: Server): Server => {
      if (form(server.id) === 'direct') return server;
      if (!this.#launcher) throw noLauncher();
      return throughLauncher(this.#launcher, server);
    };
    const keyOf = ({ id }: Server): string | undefined => patches.get(id)?.entry;
    const others = [...patches.values()].filter(({ serverId }) => isServer(serverId));
    const taken = new Set(others.map(({ entry }) => entry));
    const written = new Set([...patches.values()].map(({ entry }) => entry));
    return { options: { place: this.#place, resolve, keyOf, taken, written, standIn }, form };
  }

  /** A server that was never written here has no entry of ours; an entry it has all the same goes by its name alone. */
  async #namesOf(target: Target, { serverIds, entries }: RemovalWish): Promise<string[]> {
    const patches = await this.#patches.of(target.word);
    const own = serverIds.flatMap((id) => patches.get(id)?.entry ?? []);
    return [...new Set([...own, ...entries])];
  }

  async #plan(source: ImportSource, existing: readonly Server[]): Promise<ImportPlan> {
    return planImport(await this.#read(source), existing, this.#salt);
  }

  async #read(source: ImportSource): Promise<Findings> {
    if ('text' in source) return readPasted(source.text, source.fileName);
    if ('folder' in source) return readFolder(source.folder);
    if ('clients' in source) return this.#readClients(source.clients);
    const target = await targetNamed(source.client, this.#place);
    try {
      return await readTarget(target);
    } catch (error) {
      throw error instanceof Unreadable ? refused(target, error) : error;
    }
  }

  /** One whose file cannot be read does not keep the others back. */
  async #readClients(words: readonly string[]): Promise<Findings> {
    const targets = await Promise.all([...new Set(words)].map((word) => targetNamed(word, this.#place)));
    return readTargets(targets);
  }
}

/** Every client's file in a folder that somebody shared or works in. */
async function readFolder(folder: string): Promise<Findings> {
  const targets = await targetsIn(folder);
  const { found, problems } = await readTargets(targets);
  if (targets.length === 0) problems.push(`No AI client's config file was found in ${folder}.`);
  return { found: found.map(({ client: _word, ...rest }): Found => ({ ...rest, kind: 'folder' })), problems };
}

async function readTargets(targets: readonly Target[]): Promise<Findings> {
  const findings: Findings = { found: [], problems: [] };
  for (const target of targets) {
    try {
      const { found, problems } = await readTarget(target);
      findings.found.push(...found);
      findings.problems.push(...problems);
    } catch (error) {
      if (error instanceof Unreadable) findings.problems.push(refused(target, error).message);
      else if (error instanceof AppError) findings.problems.push(`${target.title}: ${error.message}`);
      else throw error;
    }
  }
  return findings;
}

async function readTarget(target: Target): Promise<Findings> {
  const { word, spec, title, path, branch, isProject } = target;
  const file = await readClientFile(path);
  if (!file.exists) return { found: [], problems: [`${title} has no file at ${path} yet.`] };
  const root = formatOf(spec.format).read(file.text);
  const origin = `${title} (${path})`;
  const findings: Findings = { found: [], problems: [] };
  for (const [name, entry] of entriesOf(root, placeOf(spec, root, branch))) {
    if (!isMap(entry)) findings.problems.push(`"${name.slice(0, 200)}" (${origin}): it is no object.`);
    else if (!spec.dialect.ignores?.(entry))
      findings.found.push({ name, entry, origin, trusted: !isProject, dialect: spec.dialect, client: word });
  }
  return findings;
}
