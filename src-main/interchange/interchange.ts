import { randomBytes } from 'node:crypto';
import type { FoundClient, ImportItem, Server, Value } from '../contract/index.js';
import { readClientFile } from './client-file.js';
import type { Place } from './clients/client-spec.js';
import { entriesOf } from './clients/entries.js';
import { CLIENTS } from './clients/index.js';
import { targetNamed, targetOf, type Target } from './clients/targets.js';
import { ClientBackups } from './export/backups.js';
import { Exporter, refused, type ExportPreview, type ExportResult } from './export/exporter.js';
import { Unreadable } from './formats/format.js';
import { formatOf } from './formats/index.js';
import { draftsOf, type ImportChoice, type ImportDraft } from './import/draft.js';
import type { Findings } from './import/found.js';
import { planImport, type ImportPlan } from './import/import-plan.js';
import { projectsIn } from './paste/find-entries.js';
import { readPasted } from './paste/paste.js';
import { isMap } from './plain.js';

export type { ExportPreview, ExportResult } from './export/exporter.js';
export type { ImportChoice, ImportDraft } from './import/draft.js';

/** Where to import from: a text, or a client by the word that `scan` answers. */
export type ImportSource = { text: string; fileName?: string | undefined } | { client: string };

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
    const found = await Promise.all(
      CLIENTS.map(async (spec) => {
        const target = await targetOf(spec, this.#place);
        return target && (await look(target));
      }),
    );
    return found.filter((client) => client !== undefined).sort((a, b) => Number(b.exists) - Number(a.exists));
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
    const findings =
      'client' in source ? await this.#readClient(source.client) : readPasted(source.text, source.fileName);
    return planImport(findings, existing, this.#salt);
  }

  async #readClient(word: string): Promise<Findings> {
    const target = await targetNamed(word, this.#place);
    try {
      const file = await readClientFile(target.path);
      if (!file.exists)
        return { found: [], problems: [`${target.title} has no file at ${target.path} yet.`] };
      return findingsOf(target, file.text);
    } catch (error) {
      throw error instanceof Unreadable ? refused(target, error) : error;
    }
  }
}

function findingsOf({ spec, title, path }: Target, text: string): Findings {
  const root = formatOf(spec.format).read(text);
  const context = { origin: `${title} (${path})`, trusted: true, fallbackName: 'server' };
  const findings: Findings = { found: [], problems: [] };
  for (const [name, entry] of entriesOf(root, spec)) {
    if (isMap(entry))
      findings.found.push({ name, entry, origin: context.origin, trusted: true, dialect: spec.dialect });
    else findings.problems.push(`"${name.slice(0, 200)}" (${context.origin}): it is no object.`);
  }
  if (spec.word === 'claude-code') findings.found.push(...projectsIn(root, context));
  return findings;
}

async function look({ word, title, path, spec }: Target): Promise<FoundClient> {
  const client: FoundClient = { client: word, title, path, exists: false, serverCount: 0 };
  try {
    const file = await readClientFile(path);
    client.exists = file.exists;
    client.serverCount = entriesOf(formatOf(spec.format).read(file.text), spec).size;
  } catch (error) {
    client.exists = true;
    client.problem = error instanceof Error ? `It cannot be read: ${error.message}` : 'It cannot be read.';
  }
  return client;
}
