import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../platform/durable-file.js';
import { readOrSetAside } from '../../platform/set-aside.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const fileSchema = z.strictObject({ version: z.literal(1), allowed: z.array(digest).max(100_000) });
/** Far more than anybody allows; the oldest go first, and are asked for again. */
const KEPT = 10_000;

/**
 * The command lines the person has allowed, as keyed hashes in `trust.json`. No method writes here but the person's
 * own answer. Where the file is lost or damaged nothing counts as allowed: they are asked again.
 */
export class AllowedCommands {
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: string,
    readonly salt: string,
    private readonly digests: Set<string>,
  ) {}

  /** @param salt the catalog's own, so that the hashes of one data folder say nothing in another */
  static async open(dataDir: string, salt: string): Promise<AllowedCommands> {
    const file = join(dataDir, 'trust.json');
    const kept = await readOrSetAside(file, join(dataDir, 'backups'), (text) =>
      fileSchema.parse(JSON.parse(text)),
    );
    return new AllowedCommands(file, salt, new Set(kept?.allowed));
  }

  has(one: string): boolean {
    return this.digests.has(one);
  }

  /** On disk when it resolves. @throws the system's error; it is then not allowed */
  async add(one: string): Promise<void> {
    const write = this.#writing.then(async () => {
      const next = [...this.digests, one].slice(-KEPT);
      await replaceFile(this.file, `${JSON.stringify({ version: 1, allowed: next })}\n`);
      this.digests.add(one);
    });
    this.#writing = write.catch(() => undefined);
    return write;
  }
}
