import type { Adapter } from 'lowdb';
import { AppError, type CatalogFile } from '../contract/index.js';
import { replaceFile } from '../platform/durable-file.js';
import { describeIoFailure } from '../platform/io-failure.js';
import { CatalogEncoder } from './encoder.js';

/** What the person is told when `path` could not be written. */
export function writeFailed(path: string, error: unknown): AppError {
  const { reason, hint } = describeIoFailure(error);
  return new AppError(
    'io',
    `Your change could not be saved: ${path} could not be written because ${reason}. Nothing was changed.`,
    hint,
    [],
    { cause: error },
  );
}

/**
 * lowdb's own file adapter renames without fsync, follows no file mode and shares one temporary name; this one keeps
 * the old file until the new one is wholly on disk. Reading is done once, by `readCatalog`, which can tell a torn file
 * from a newer one.
 */
export class CatalogFileAdapter implements Adapter<CatalogFile> {
  #encoder = new CatalogEncoder();

  constructor(
    private readonly path: string,
    private readonly initial: CatalogFile,
  ) {}

  read(): Promise<CatalogFile> {
    return Promise.resolve(this.initial);
  }

  /** @throws AppError `io`; the old file is then untouched */
  async write(file: CatalogFile): Promise<void> {
    try {
      await replaceFile(this.path, this.#encoder.encode(file));
    } catch (error) {
      throw writeFailed(this.path, error);
    }
  }
}
