import { createHash } from 'node:crypto';
import { AppError, type Server } from '../../contract/index.js';
import {
  isAsRead,
  readAnyClientFile,
  readClientFile,
  removeClientFile,
  replaceClientFile,
  type ClientFile,
} from '../client-file.js';
import type { Target } from '../clients/targets.js';
import { Unreadable } from '../formats/format.js';
import { formatOf } from '../formats/index.js';
import type { Plain } from '../plain.js';
import { isAbsence, type ClientBackups } from './backups.js';
import { planExport, planRemoval, type ExportOptions, type ExportPlan } from './export-plan.js';
import { maskTexts } from './mask.js';

export type ExportPreview = {
  path: string;
  before: string;
  after: string;
  warnings: string[];
  /** Entries that nobody here wrote, and that would be replaced. */
  replaces?: string[];
};
export type ExportResult = { path: string; backup?: string; warnings: string[] };
/** What was written, and what it was written by. */
export type Written = { result: ExportResult; plan: ExportPlan };
/** Whether an entry may go without having been looked at first; throws where it may not. */
export type Guard = (plan: ExportPlan, wasShown: (key: string) => boolean) => void;

/** Other programs write their files too; so many times in a row is no coincidence. */
const TRIES = 3;

/** Writes servers into clients' files: read, edit, back up, compare, replace, read back. */
export class Exporter {
  /** Path → what was shown last of the entries that are to be written. */
  readonly #shown = new Map<string, Map<string, string>>();
  /** Path → the write under way: two at once would each undo the other. */
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(private readonly backups: ClientBackups) {}

  /** @throws AppError `unsupported` for a file that cannot be read or edited; it is untouched */
  async preview(target: Target, servers: readonly Server[], options: ExportOptions): Promise<ExportPreview> {
    const { file, plan } = await this.#plan(target, (text) => planExport(text, target, servers, options));
    this.#remember(target.path, plan);
    return this.#shownAs(target, file, plan);
  }

  async previewRemoval(target: Target, names: readonly string[]): Promise<ExportPreview> {
    const { file, plan } = await this.#plan(target, (text) => planRemoval(text, target, names));
    this.#remember(target.path, plan);
    return this.#shownAs(target, file, plan);
  }

  /**
   * @throws AppError `unsupported` as above; `revision_conflict` where an entry was changed after it was shown;
   * `io` where it could not be written or is not there as written
   */
  async apply(
    target: Target,
    servers: readonly Server[],
    options: ExportOptions,
    guard?: Guard,
  ): Promise<Written> {
    return this.#alone(target, () =>
      this.#write(target, (text) => planExport(text, target, servers, options), guard),
    );
  }

  async applyRemoval(target: Target, names: readonly string[], guard?: Guard): Promise<Written> {
    return this.#alone(target, () => this.#write(target, (text) => planRemoval(text, target, names), guard));
  }

  /** What putting a backup back would change. Without `backup` the newest. @throws AppError `not_found` */
  async previewRestore(target: Target, backup?: string): Promise<ExportPreview> {
    return refusing(target, async () => {
      const chosen = await this.#backupOf(target, backup);
      const files = [await readAnyClientFile(target.path), await readAnyClientFile(chosen)];
      const contents = files.map((file) => contentOf(file, target));
      const known = contents.filter((content) => content !== undefined);
      const [before = '', after = ''] = files.map(({ text, path }, index) =>
        contents[index] === undefined ? notShown(path) : (maskTexts([text], known, [])[0] ?? ''),
      );
      return { path: target.path, before, after, warnings: adviceOf(target) };
    });
  }

  /** Puts a backup back, byte for byte, after keeping what stands there now. Without `backup` the newest. */
  async restore(target: Target, backup?: string): Promise<ExportResult> {
    return this.#alone(target, async () => {
      const chosen = await this.#backupOf(target, backup);
      const old = await readAnyClientFile(chosen);
      const now = await readAnyClientFile(target.path);
      const kept = await this.#keep(target, now);
      const file = { ...now, encode: () => old.bytes };
      const done = isAbsence(chosen) ? removeClientFile(file) : replaceClientFile(file, old.text);
      if (!(await done)) throw overtaken(target);
      if (!isAbsence(chosen)) await this.#verify(target, old.bytes, kept);
      return { path: target.path, ...(kept ? { backup: kept } : {}), warnings: adviceOf(target) };
    });
  }

  /** Before anything is written. @returns where the copy is; `undefined` where there was no file to copy */
  async #keep({ word, path }: Target, file: ClientFile): Promise<string | undefined> {
    if (file.exists) return this.backups.keep(word, path, file.bytes);
    await this.backups.keepAbsence(word, path);
    return undefined;
  }

  async #backupOf({ word, title }: Target, backup: string | undefined): Promise<string> {
    const kept = await this.backups.list(word);
    const chosen = backup === undefined ? kept[0] : kept.find((one) => one === backup);
    if (chosen !== undefined) return chosen;
    throw new AppError(
      'not_found',
      backup === undefined
        ? `There is no backup of the file of ${title}: Jackfield has changed nothing in it.`
        : 'That backup is not there (any more).',
      'Choose one of the backups that are listed.',
    );
  }

  async #plan(
    target: Target,
    make: (text: string) => ExportPlan | Promise<ExportPlan>,
  ): Promise<{ file: ClientFile; plan: ExportPlan }> {
    return refusing(target, async () => {
      const file = await readClientFile(target.path);
      return { file, plan: await make(file.text) };
    });
  }

  async #write(
    target: Target,
    make: (text: string) => ExportPlan | Promise<ExportPlan>,
    guard: Guard = () => undefined,
  ): Promise<Written> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const { file, plan } = await this.#plan(target, make);
      this.#assertAsShown(target, plan);
      const warnings = withAdvice(target, plan);
      if (plan.text === file.text) return { result: { path: target.path, warnings }, plan };
      guard(plan, (key) => this.#shown.get(target.path)?.has(key) ?? false);
      if (!(await isAsRead(file))) continue;
      const backup = await this.#keep(target, file);
      if (!(await replaceClientFile(file, plan.text))) continue;
      await this.#verify(target, file.encode(plan.text), backup);
      this.#shown.delete(target.path);
      return { result: { path: target.path, ...(backup ? { backup } : {}), warnings }, plan };
    }
    throw overtaken(target);
  }

  async #verify(target: Target, written: Buffer, backup: string | undefined): Promise<void> {
    const now = await readAnyClientFile(target.path).catch(() => undefined);
    if (now?.bytes.equals(written)) return;
    throw new AppError(
      'io',
      `${target.path} was written, but does not hold what was written: another program changed it at once, or the disk failed.`,
      backup ? `What it held before is kept in ${backup}.` : 'Look at the file, and export again.',
    );
  }

  #shownAs(target: Target, file: ClientFile, plan: ExportPlan): ExportPreview {
    const [before = '', after = ''] = maskTexts(
      [file.text, plan.text],
      [plan.before, plan.after],
      plan.plainSecrets,
    );
    return {
      path: target.path,
      before,
      after,
      warnings: withAdvice(target, plan),
      ...(plan.foreign.length > 0 && { replaces: plan.foreign }),
    };
  }

  #remember(path: string, plan: ExportPlan): void {
    this.#shown.set(path, new Map([...plan.touched].map(([key, entry]) => [key, hashOf(entry)])));
  }

  /** Whoever looked at a preview agreed to replace what it showed, not what came after. */
  #assertAsShown(target: Target, plan: ExportPlan): void {
    const shown = this.#shown.get(target.path);
    for (const [key, entry] of plan.touched) {
      const hash = shown?.get(key);
      if (hash === undefined || hash === hashOf(entry)) continue;
      this.#shown.delete(target.path);
      throw new AppError(
        'revision_conflict',
        `The entry "${key}" in ${target.path} was changed after you looked at it. Nothing was written.`,
        'Look at the change again before you apply it.',
      );
    }
  }

  async #alone<T>(target: Target, job: () => Promise<T>): Promise<T> {
    const { path } = target;
    const before = this.#busy.get(path) ?? Promise.resolve();
    const work = (): Promise<T> => refusing(target, job);
    const mine = before.then(work, work);
    this.#busy.set(path, mine);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(path) === mine) this.#busy.delete(path);
    }
  }
}

function hashOf(entry: Plain | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(entry ?? null))
    .digest('hex');
}

function withAdvice(target: Target, plan: ExportPlan): string[] {
  return plan.touched.size > 0 ? [...plan.warnings, ...adviceOf(target)] : plan.warnings;
}

const adviceOf = ({ spec }: Target): string[] => (spec.afterwards ? [spec.afterwards] : []);

/** For finding secrets in what is to be shown; `undefined` for a text that cannot be read, which is not shown. */
function contentOf({ text, isNoText }: ClientFile, target: Target): Plain | undefined {
  if (isNoText) return undefined;
  try {
    return formatOf(target.spec.format).read(text);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

const notShown = (path: string): string =>
  `(${path} cannot be read, so it is not shown: secrets may be in it.)\n`;

/** Does something with a client's file, and says whose it is where it cannot be read. */
async function refusing<T>(target: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Unreadable ? refused(target, error) : error;
  }
}

export function refused(target: Pick<Target, 'path' | 'title'>, error: Unreadable): AppError {
  return new AppError(
    'unsupported',
    `${target.path} (${target.title}) cannot be read: ${error.message}. It was not touched.`,
    'Mend the file in an editor, or move it away, and try again.',
  );
}

function overtaken({ path }: Target): AppError {
  return new AppError(
    'revision_conflict',
    `${path} was changed by another program while Jackfield was about to write it. Nothing was written.`,
    'Close the program that writes it, and try again.',
  );
}
