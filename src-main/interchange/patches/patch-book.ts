import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { EXPORT_FORMS } from '../../contract/index.js';
import { makePrivateFolder, PRIVATE_FILE, replaceFile } from '../../platform/durable-file.js';
import { readOrSetAside } from '../../platform/set-aside.js';
import { ioError } from '../client-file.js';
import { tokenOf, type FieldMap } from './fields.js';

const digests = z.record(z.string(), z.string());

const patchSchema = z.strictObject({
  client: z.string(),
  serverId: z.string(),
  /** The entry's name in the client's file. */
  entry: z.string(),
  form: z.enum(EXPORT_FORMS),
  plainSecrets: z.literal(true).optional(),
  /** When it was written last. */
  at: z.string(),
  /** Field → salted hash: what the server said, and what the entry said, when it was written last. */
  local: digests,
  theirs: digests,
});

/** One server that Jackfield keeps in one client's file, and what both said when it was written last. */
export type Patch = z.output<typeof patchSchema>;
export type Digests = Patch['local'];

const bookSchema = z.strictObject({
  version: z.literal(1),
  /** Random, made once: keeps the hashes from being looked up. */
  salt: z.string().min(16),
  patches: z.array(patchSchema),
});
type Book = z.output<typeof bookSchema>;

/**
 * `<dataDir>/clients.json`: which servers were written into which client's file. It holds hashes in the place of
 * values, so no secret can be in it.
 */
export class PatchBook {
  #book: Promise<Book> | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly dataDir: string) {}

  async all(): Promise<readonly Patch[]> {
    return (await this.#read()).patches;
  }

  async of(client: string, serverId: string): Promise<Patch | undefined> {
    return (await this.all()).find((patch) => patch.client === client && patch.serverId === serverId);
  }

  /** What makes field → salted hash out of field → value. */
  async digester(): Promise<(fields: FieldMap) => Digests> {
    const { salt } = await this.#read();
    const hash = (text: string): string =>
      createHmac('sha256', salt).update(text).digest('base64url').slice(0, 22);
    return (fields) =>
      Object.fromEntries(
        [...fields].map(([field, value]) => [field, hash(JSON.stringify([field, tokenOf(value)]))]),
      );
  }

  /** Puts patches in the place of those of the same server and client. @throws AppError `io` */
  async put(fresh: readonly Patch[]): Promise<void> {
    if (fresh.length === 0) return;
    const keys = new Set(fresh.map(keyOf));
    await this.#change((patches) => [...patches.filter((patch) => !keys.has(keyOf(patch))), ...fresh]);
  }

  /** @throws AppError `io` */
  async drop(gone: (patch: Patch) => boolean): Promise<void> {
    const { patches } = await this.#read();
    if (patches.some(gone)) await this.#change((all) => all.filter((patch) => !gone(patch)));
  }

  /** When every change is on disk, or has failed. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #change(change: (patches: Patch[]) => Patch[]): Promise<void> {
    const work = this.#writing.then(async () => {
      const book = await this.#read();
      const next = { ...book, patches: change(book.patches) };
      try {
        await makePrivateFolder(this.dataDir);
        await replaceFile(this.#path, `${JSON.stringify(next)}\n`, { mode: PRIVATE_FILE });
      } catch (error) {
        throw ioError(`${this.#path} could not be written`, error);
      }
      this.#book = Promise.resolve(next);
    });
    this.#writing = work.catch(() => undefined);
    await work;
  }

  get #path(): string {
    return join(this.dataDir, 'clients.json');
  }

  #read(): Promise<Book> {
    this.#book ??= this.#load();
    return this.#book;
  }

  /** What cannot be read is set aside: without it every entry counts as one that the client has by itself. */
  async #load(): Promise<Book> {
    const kept = await readOrSetAside(this.#path, join(this.dataDir, 'backups'), (text) =>
      bookSchema.parse(JSON.parse(text)),
    );
    return kept ?? { version: 1, salt: randomBytes(16).toString('hex'), patches: [] };
  }
}

const keyOf = ({ client, serverId }: Patch): string => `${client}\0${serverId}`;
