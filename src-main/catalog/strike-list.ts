import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { secretIdSchema } from '../contract/index.js';
import { removeTemporaries, replaceFile } from '../platform/durable-file.js';
import { readOrSetAside } from '../platform/set-aside.js';
import type { Strike } from './strikes.js';

const listSchema = z.array(
  z.strictObject({
    kind: z.enum(['servers', 'remotes']),
    id: z.string(),
    path: z.array(z.string()),
    secret: secretIdSchema,
  }),
);

/**
 * `strikes.json`: strikes that are not carried out yet. It is on disk before the edit that calls for them and gone after
 * them, so that a crash in between leaves no plain value behind for good.
 */
export class StrikeList {
  #pending: Strike[];

  private constructor(
    private readonly path: string,
    pending: Strike[],
  ) {
    this.#pending = pending;
  }

  /** One that is not there is empty; one that cannot be read is set aside and taken for empty. */
  static async open(dataDir: string): Promise<StrikeList> {
    const path = join(dataDir, 'strikes.json');
    await removeTemporaries(path);
    const kept = await readOrSetAside(path, join(dataDir, 'backups'), (text) =>
      listSchema.parse(JSON.parse(text)),
    );
    return new StrikeList(path, kept ?? []);
  }

  get pending(): readonly Strike[] {
    return this.#pending;
  }

  /** @throws the system's error */
  async add(strikes: readonly Strike[]): Promise<void> {
    if (strikes.length === 0) return;
    const next = [...this.#pending, ...strikes];
    await replaceFile(this.path, JSON.stringify(next));
    this.#pending = next;
  }

  /** All are carried out, or were called for by edits that never came to be. */
  async clear(): Promise<void> {
    if (this.#pending.length === 0) return;
    await rm(this.path, { force: true });
    this.#pending = [];
  }
}
