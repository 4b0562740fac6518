import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makePrivateFolder, PRIVATE_FILE, replaceFile } from '../../platform/durable-file.js';
import type { ClientBackup } from '../../contract/index.js';
import { ioError } from '../client-file.js';

/** Enough to go back over an afternoon of exports; a client's file may be megabytes. */
const KEPT = 30;

/** Behind the name of what stands for a file that was not there: an export had made it, and its undo takes it away. */
const ABSENT = '.absent';

/** Whether a backup says that there was no file. */
export const isAbsence = (backup: string): boolean => backup.endsWith(ABSENT);

/**
 * Copies of clients' files as they were before Jackfield wrote to them:
 * `<dataDir>/backups/clients/<client>/<time>~<file name>`, readable by this person alone.
 */
export class ClientBackups {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'backups', 'clients');
  }

  /** @returns where the copy is. @throws AppError `io`; the client's file must not be written then */
  async keep(word: string, path: string, bytes: Buffer): Promise<string> {
    return this.#write(word, path, basename(path), bytes);
  }

  /** Remembers that there was no file. @throws AppError `io` */
  async keepAbsence(word: string, path: string): Promise<string> {
    return this.#write(word, path, basename(path) + ABSENT, Buffer.alloc(0));
  }

  async #write(word: string, path: string, file: string, bytes: Buffer): Promise<string> {
    const folder = this.#folderOf(word);
    try {
      await makePrivateFolder(folder);
      const name = await this.#freshName(folder, file);
      const copy = join(folder, name);
      await replaceFile(copy, bytes, { mode: PRIVATE_FILE });
      if (!(await readFile(copy)).equals(bytes)) throw new Error('the copy differs from the original');
      await this.#prune(folder, basename(path));
      return copy;
    } catch (error) {
      throw ioError(`${path} was not written, because no backup of it could be made`, error);
    }
  }

  /** Backups of one client's files, newest first. */
  async list(word: string): Promise<string[]> {
    const names = await readdir(this.#folderOf(word)).catch(() => []);
    return names
      .filter((name) => name.includes('~'))
      .sort()
      .reverse()
      .map((name) => join(this.#folderOf(word), name));
  }

  /** The same with when each was made, and how large it is. */
  async described(word: string): Promise<ClientBackup[]> {
    const paths = await this.list(word);
    return Promise.all(
      paths.map(async (backup) => {
        const [, day = '', hour = '', minute = '', second = ''] =
          /^([\d-]+)T(\d\d)-(\d\d)-([\d.]+)Z/.exec(basename(backup)) ?? [];
        const { size } = await stat(backup);
        const described = { backup, at: `${day}T${hour}:${minute}:${second}Z`, bytes: size };
        return isAbsence(backup) ? { ...described, absent: true } : described;
      }),
    );
  }

  #folderOf(word: string): string {
    return join(this.#folder, word.replace(/[^A-Za-z0-9@._-]/g, '_'));
  }

  /** Times as names sort as they happened; two within one millisecond get a count. */
  async #freshName(folder: string, file: string): Promise<string> {
    const taken = new Set(await readdir(folder));
    const stamp = new Date().toISOString().replaceAll(':', '-');
    for (let count = 0; ; count += 1) {
      const name = `${stamp}${count ? `.${String(count).padStart(3, '0')}` : ''}~${file}`;
      if (!taken.has(name)) return name;
    }
  }

  async #prune(folder: string, file: string): Promise<void> {
    const names = (await readdir(folder))
      .filter((name) => [file, file + ABSENT].includes(name.split('~').slice(1).join('~')))
      .sort();
    for (const name of names.slice(0, -KEPT)) await rm(join(folder, name), { force: true });
  }
}
