import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, type Bundle, type Server, type ServerInput } from '../../contract/index.js';
import { syncFolder } from '../../platform/durable-file.js';
import { syncTree } from '../../platform/sync-tree.js';
import { Archive, cutSignature } from './archive.js';
import { fillIn, surroundings, withSurroundings, type Config } from './fill-in.js';
import { commandOf, fieldsOf, MANIFEST, problemsOf, readManifest, type Manifest } from './manifest.js';
import { asRefusal, plainLine, refused } from './refusal.js';

/** What a person would download; the archive's own limits hold for what is in it. */
const MOST_BYTES = 300_000_000;
const MOST_AT_ONCE = 8;
/** A dialog may stay open for a while. */
const DROP_AFTER_MS = 30 * 60_000;
/** The folder of a server that was removed is kept for as long, in case it is brought back. */
const KEEP_UNUSED_MS = 30 * 24 * 3_600_000;
const PRIVATE = 0o700;
/** Of a folder that is being unpacked into. */
const UNFINISHED = '.unfinished';

type Upload = {
  path: string;
  fileName: string;
  size: number;
  received: number;
  /** The end of the last piece: pieces are written one after the other. */
  written: Promise<void>;
  isWhole: boolean;
  timer: NodeJS.Timeout;
};

type Read = { manifest: Manifest; archive: Archive; folder: string };

/**
 * MCP bundles on their way to being servers: received in pieces, looked at, and unpacked into the data folder when the
 * person has agreed. Until then nothing of them is anywhere but in one file of the cache.
 */
export class Bundles {
  readonly #cache: string;
  readonly #home: string;
  readonly #uploads = new Map<string, Upload>();
  /** What comes at once after the start waits for what was left there before. */
  #emptied = Promise.resolve();

  constructor(
    { dataDir }: { dataDir: string },
    private readonly platform: NodeJS.Platform = process.platform,
  ) {
    this.#cache = join(dataDir, 'cache', 'bundles');
    this.#home = join(dataDir, 'bundles');
  }

  /** @throws AppError `invalid` where it is too large, `unsupported` where too many are open, `io` */
  async begin(fileName: string, size: number): Promise<string> {
    if (size > MOST_BYTES)
      throw refused(
        `${plainLine(fileName, 100)} is too large: bundles of up to ${MOST_BYTES / 1e6} MB are taken.`,
      );
    if (this.#uploads.size >= MOST_AT_ONCE)
      throw new AppError('unsupported', 'Too many bundles are open.', 'Close the other ones first.');
    const id = randomBytes(8).toString('hex');
    const path = join(this.#cache, `${id}.zip`);
    const timer = setTimeout(() => void this.discard(id), DROP_AFTER_MS);
    timer.unref();
    const shown = plainLine(basename(fileName.replaceAll('\\', '/')), 200) || 'bundle';
    const written = this.#emptied
      .then(() => mkdir(this.#cache, { recursive: true, mode: PRIVATE }))
      .then(() => writeFile(path, '', { mode: 0o600 }));
    this.#uploads.set(id, { path, fileName: shown, size, received: 0, written, isWhole: false, timer });
    await this.#kept(id, written);
    return id;
  }

  /** @throws AppError `not_found`; `invalid` for more bytes than were announced; `io` */
  async append(id: string, data: Uint8Array): Promise<number> {
    const upload = this.#upload(id);
    if (upload.received + data.length > upload.size) throw refused('This bundle is larger than announced.');
    upload.received += data.length;
    upload.written = upload.written.then(() => appendFile(upload.path, data));
    await this.#kept(id, upload.written);
    return upload.received;
  }

  /** One that the disk has no room for is given up: nothing of it stays. */
  async #kept(id: string, written: Promise<void>): Promise<void> {
    await written.catch(async (error: unknown) => {
      await this.discard(id).catch(() => undefined);
      throw asRefusal(error, 'This bundle could not be received');
    });
  }

  /** What the bundle says of itself, and what would be run. @throws AppError `not_found`, `invalid` */
  async inspect(id: string): Promise<Bundle> {
    return this.#with(id, ({ manifest, archive, folder }) => {
      const { homepage } = manifest;
      const command = withSurroundings(commandOf(manifest, this.platform), surroundings(folder));
      const entry = manifest.server.entry_point.replace(/^\.\//, '');
      return {
        fileName: this.#upload(id).fileName,
        title: titleOf(manifest),
        version: plainLine(manifest.version, 100),
        author: plainLine(manifest.author.name, 200),
        description: plainLine(manifest.description, 2_000),
        ...(homepage && /^https?:\/\//i.test(homepage) && { homepage }),
        kind: manifest.server.type,
        ...command,
        folder,
        fileCount: archive.fileCount,
        bytes: archive.bytes,
        fields: withSurroundings(fieldsOf(manifest), surroundings(folder)),
        tools: (manifest.tools ?? []).slice(0, 1_000).map(({ name, description }) => ({
          name: plainLine(name, 200),
          ...(description && { description: plainLine(description, 500) }),
        })),
        problems: problemsOf(manifest, this.platform),
        warnings: archive.has(entry)
          ? []
          : [`It names ${plainLine(entry, 200)} as its start, which it does not hold.`],
      };
    });
  }

  /**
   * Unpacks the bundle and answers the server to be made of it. Nothing is run.
   * @throws AppError `not_found`; `invalid` for a bundle that is not taken and for values that cannot be used
   */
  async unpack(
    id: string,
    config: Config,
  ): Promise<{ server: ServerInput; folder: string; fileName: string }> {
    return this.#with(id, async ({ manifest, archive, folder }) => {
      const [problem] = problemsOf(manifest, this.platform);
      if (problem) throw refused(`This bundle cannot be installed. ${problem}`);
      const known = surroundings(folder);
      const fields = withSurroundings(fieldsOf(manifest), known);
      const filled = fillIn(withSurroundings(commandOf(manifest, this.platform), known), fields, config);
      await this.#unpackInto(archive, folder);
      const description = plainLine(manifest.description, 500);
      const server: ServerInput = {
        name: titleOf(manifest),
        description,
        transport: { type: 'stdio', ...filled },
      };
      return { server, folder, fileName: this.#upload(id).fileName };
    });
  }

  /** Takes back what `unpack` did. */
  async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  async discard(id: string): Promise<void> {
    const upload = this.#uploads.get(id);
    if (!upload) return;
    clearTimeout(upload.timer);
    this.#uploads.delete(id);
    await upload.written.catch(() => undefined);
    await rm(upload.path, { force: true });
  }

  /**
   * Drops what an earlier run left in the cache or did not unpack to the end, and the folders that no server has named
   * for a month.
   */
  async sweep(servers: readonly Pick<Server, 'transport'>[], now = Date.now()): Promise<void> {
    const texts = servers.flatMap(({ transport }) => textsOf(transport));
    this.#emptied = rm(this.#cache, { recursive: true, force: true });
    await this.#emptied;
    const names = await readdir(this.#home).catch(() => []);
    for (const name of names) {
      const folder = join(this.#home, name);
      const isUsed = texts.some((text) => text.includes(folder));
      // The folder's own time says when it was last seen in use.
      if (name.endsWith(UNFINISHED)) await this.remove(folder);
      else if (isUsed) await utimes(folder, now / 1000, now / 1000);
      else if (now - (await stat(folder)).mtimeMs > KEEP_UNUSED_MS) await this.remove(folder);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#uploads.keys()].map((id) => this.discard(id)));
  }

  #upload(id: string): Upload {
    const upload = this.#uploads.get(id);
    if (!upload)
      throw new AppError('not_found', 'This bundle is no longer open.', 'Open it again from its file.');
    return upload;
  }

  async #with<T>(id: string, work: (read: Read) => T | Promise<T>): Promise<T> {
    const upload = this.#upload(id);
    await upload.written;
    if (upload.received !== upload.size)
      throw refused('This bundle has not arrived whole.', 'Open it again.');
    if (!upload.isWhole) await cutSignature(upload.path);
    upload.isWhole = true;
    const archive = await Archive.open(upload.path);
    try {
      const manifest = await readManifest(await archive.readText(MANIFEST));
      const slug =
        manifest.name
          .replace(/[^\w-]+/g, '-')
          .replace(/^-+|-+$/g, '')
          .slice(0, 40) || 'bundle';
      return await work({ manifest, archive, folder: join(this.#home, `${slug}-${id}`) });
    } finally {
      archive.close();
    }
  }

  async #unpackInto(archive: Archive, folder: string): Promise<void> {
    const unfinished = `${folder}${UNFINISHED}`;
    try {
      await mkdir(unfinished, { recursive: true, mode: PRIVATE });
      await archive.unpack(unfinished);
      await syncTree(unfinished);
      await rename(unfinished, folder);
      // The name of the folder, and that of the folder of them all.
      await syncFolder(this.#home);
      await syncFolder(dirname(this.#home));
    } catch (error) {
      await this.remove(unfinished);
      throw asRefusal(error, 'This bundle could not be unpacked');
    }
  }
}

const titleOf = ({ display_name, name }: Manifest): string =>
  plainLine(display_name ?? '', 200) || plainLine(name, 200) || 'bundle';

/** Where a server that was made of a bundle names the folder of that bundle. */
function textsOf(transport: Server['transport']): string[] {
  if (transport.type !== 'stdio') return [];
  const { command, args, env } = transport;
  return [command, ...args, ...Object.values(env).filter((value) => typeof value === 'string')];
}
