import { randomBytes } from 'node:crypto';
import type { FoundClient, ImportItem, Server, Value } from '../contract/index.js';
import { readClientFile } from './client-file.js';
import type { Place } from './clients/client-spec.js';
import { entriesOf, placeOf } from './clients/entries.js';
import { allTargets, targetNamed, targetsIn, type Target } from './clients/targets.js';
import { ClientBackups } from './export/backups.js';
import { Exporter, refused, type ExportPreview, type ExportResult } from './export/exporter.js';
import { Unreadable } from './formats/format.js';
import { formatOf } from './formats/index.js';
import { draftsOf, type ImportChoice, type ImportDraft } from './import/draft.js';
import type { Findings } from './import/found.js';
import { planImport, type ImportPlan } from './import/import-plan.js';
import { readPasted } from './paste/paste.js';
import { isMap } from './plain.js';

export type { ExportPreview, ExportResult } from './export/exporter.js';
export type { ImportChoice, ImportDraft } from './import/draft.js';

/** Where to import from: a text, a client by the word that `scan` answers, or the clients' files in a folder. */
export type ImportSource =
  { text: string; fileName?: string | undefined } | { client: string } | { folder: string };

export type InterchangePorts = Place & {
  /** Where backups of clients' files are kept, under `backups/clients`. */
  dataDir: string;
};

type Resolve = (value: Value) => Promise<string>;

/** The columns of the patch bay that are AI clients on this computer: their files, read and written. */
export class Interchange {
  readonly #place: Place;
  readonly #exporter: Exporter;
  readonly #backups: ClientBackups;
  /** Keeps the keys of import items from telling anything about the secrets an entry holds. */
  readonly #salt = randomBytes(16).toString('hex');

  constructor({ dataDir, platform, home, env }: InterchangePorts) {
    this.#place = { platform, home, env };
    this.#backups = new ClientBackups(dataDir);
    this.#exporter = new Exporter(this.#place, this.#backups);
  }

  /** Every client's file, those that are there first. Reads them all; writes nothing. */
  async scan(): Promise<FoundClient[]> {
    const found = await Promise.all((await allTargets(this.#place)).map(look));
    return found.sort((a, b) => Number(b.exists) - Number(a.exists));
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
  async exportPreview(client: string, servers: readonly Server[], resolve?: Resolve): Promise<ExportPreview> {
    return this.#exporter.preview(await targetNamed(client, this.#place), servers, resolve);
  }

  /** Does it. @throws AppError as above, and `revision_conflict` where the file was changed behind our back */
  async exportApply(client: string, servers: readonly Server[], resolve?: Resolve): Promise<ExportResult> {
    return this.#exporter.apply(await targetNamed(client, this.#place), servers, resolve);
  }

  /** The same for taking entries out, by their names in the client's file. */
  async removalPreview(client: string, names: readonly string[]): Promise<ExportPreview> {
    return this.#exporter.previewRemoval(await targetNamed(client, this.#place), names);
  }

  async removalApply(client: string, names: readonly string[]): Promise<ExportResult> {
    return this.#exporter.applyRemoval(await targetNamed(client, this.#place), names);
  }

  /** Backups of a client's file, newest first. */
  async backups(client: string): Promise<string[]> {
    const { word } = await targetNamed(client, this.#place);
    return this.#backups.list(word);
  }

  /** Puts a backup back, byte for byte; what stands there now is kept as a backup first. */
  async undo(client: string, backup: string): Promise<ExportResult> {
    return this.#exporter.restore(await targetNamed(client, this.#place), backup);
  }

  async #plan(source: ImportSource, existing: readonly Server[]): Promise<ImportPlan> {
    return planImport(await this.#read(source), existing, this.#salt);
  }

  async #read(source: ImportSource): Promise<Findings> {
    if ('text' in source) return readPasted(source.text, source.fileName);
    if ('folder' in source) return readFolder(source.folder);
    const target = await targetNamed(source.client, this.#place);
    try {
      return await readTarget(target);
    } catch (error) {
      throw error instanceof Unreadable ? refused(target, error) : error;
    }
  }
}

/** Every client's file in a folder that somebody shared or works in. */
async function readFolder(folder: string): Promise<Findings> {
  const targets = await targetsIn(folder);
  const findings: Findings = { found: [], problems: [] };
  for (const target of targets) {
    try {
      const { found, problems } = await readTarget(target);
      findings.found.push(...found);
      findings.problems.push(...problems);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      findings.problems.push(refused(target, error).message);
    }
  }
  if (targets.length === 0) findings.problems.push(`No AI client's config file was found in ${folder}.`);
  return findings;
}

async function readTarget(target: Target): Promise<Findings> {
  const { spec, title, path, branch, isProject } = target;
  const file = await readClientFile(path);
  if (!file.exists) return { found: [], problems: [`${title} has no file at ${path} yet.`] };
  const root = formatOf(spec.format).read(file.text);
  const origin = `${title} (${path})`;
  const findings: Findings = { found: [], problems: [] };
  for (const [name, entry] of entriesOf(root, placeOf(spec, root, branch))) {
    if (!isMap(entry)) findings.problems.push(`"${name.slice(0, 200)}" (${origin}): it is no object.`);
    else if (!spec.dialect.ignores?.(entry))
      findings.found.push({ name, entry, origin, trusted: !isProject, dialect: spec.dialect });
  }
  return findings;
}

async function look({ word, title, path, spec, branch }: Target): Promise<FoundClient> {
  const client: FoundClient = { client: word, title, path, exists: false, serverCount: 0 };
  try {
    const file = await readClientFile(path);
    client.exists = file.exists;
    const root = formatOf(spec.format).read(file.text);
    const entries = [...entriesOf(root, placeOf(spec, root, branch)).values()];
    client.serverCount = entries.filter((entry) => isMap(entry) && !spec.dialect.ignores?.(entry)).length;
  } catch (error) {
    client.exists = true;
    client.problem = error instanceof Error ? `It cannot be read: ${error.message}` : 'It cannot be read.';
  }
  return client;
}
