import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { secretIdSchema } from '../contract/index.js';
import { replaceFile } from '../platform/durable-file.js';
import { readOrSetAside } from '../platform/set-aside.js';
import type { Strike, Trace } from './strikes.js';

const traceSchema = z.strictObject({
  kind: z.enum(['servers', 'remotes']),
  id: z.string(),
  secret: secretIdSchema,
});
const listSchema = z.array(z.union([traceSchema.extend({ path: z.array(z.string()) }), traceSchema]));

/**
 * `strikes.json`: strikes and traces that are not carried out yet. They are on disk before the edit that calls for them
 * and gone after them, so that a crash in between leaves no plain value behind for good.
 */
export class StrikeList {
  private constructor(
    private readonly path: string,
    private pending: readonly (Strike | Trace)[],
  ) {}

  /** One that is not there is empty; one that cannot be read is set aside and taken for empty. */
  static async open(dataDir: string): Promise<StrikeList> {
    const path = join(dataDir, 'strikes.json');
    const kept = await readOrSetAside(path, join(dataDir, 'backups'), (text) =>
      listSchema.parse(JSON.parse(text)),
    );
    return new StrikeList(path, kept ?? []);
  }

  get isEmpty(): boolean {
    return this.pending.length === 0;
  }

  get strikes(): Strike[] {
    return this.pending.flatMap((one) => ('path' in one ? one : []));
  }

  get traces(): Trace[] {
    return this.pending.filter((one) => !('path' in one));
  }

  /** @throws the system's error */
  async add(more: readonly (Strike | Trace)[]): Promise<void> {
    if (more.length === 0) return;
    const next = [...this.pending, ...more];
    await replaceFile(this.path, JSON.stringify(next));
    this.pending = next;
  }

  /** All others are carried out, or were called for by edits that never came to be. @throws the system's error */
  async keep(left: readonly Trace[]): Promise<void> {
    if (left.length === this.pending.length) return;
    if (left.length > 0) await replaceFile(this.path, JSON.stringify(left));
    else await rm(this.path, { force: true });
    this.pending = left;
  }
}
