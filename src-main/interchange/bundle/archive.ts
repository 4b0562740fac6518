import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { asRefusal, plainLine, refused } from './refusal.js';

/** Bundles hold a server with all that it needs, a Python or Node package folder at worst. */
export const MOST_ENTRIES = 50_000;
export const MOST_UNPACKED = 1_000_000_000;
const MOST_TEXT = 2_000_000;
const MOST_NAME = 1_000;
const MOST_DEPTH = 60;

/** https://github.com/modelcontextprotocol/mcpb: a signed bundle has this block behind the archive. */
const SIGNATURE = { head: Buffer.from('MCPB_SIG_V1'), foot: Buffer.from('MCPB_SIG_END') };
/** A chain of certificates is some kilobytes. */
const MOST_SIGNATURE = 200_000;

const FILE_KIND = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;
const EXECUTABLE = 0o111;
/** Names that Windows takes for devices, whatever follows the dot and the spaces before it; ¹ is a digit there. */
const DEVICE = /^(con|conin\$|conout\$|prn|aux|nul|(com|lpt)[\d¹²³]) *(\..*)?$/i;

type Item = { entry: Entry; name: string; isExecutable: boolean };

/**
 * A zip file of a stranger's. `open` looks at every entry before one byte is unpacked: what is no plain file inside the
 * folder (a link, a device, a way up and out), what is there twice, and what is too much, refuses the whole.
 */
export class Archive {
  readonly fileCount: number;
  /** Unpacked. */
  readonly bytes: number;

  private constructor(
    private readonly zip: ZipFile,
    private readonly items: readonly Item[],
  ) {
    this.fileCount = items.length;
    this.bytes = items.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  }

  /**
   * @param path our own copy of the file
   * @throws AppError `invalid` where it is no zip file, or one that is not taken
   */
  static async open(path: string): Promise<Archive> {
    let zip: ZipFile | undefined;
    try {
      zip = await openPromise(path, { strictFileNames: true, autoClose: false });
      return new Archive(zip, await listItems(zip));
    } catch (error) {
      zip?.close();
      throw asRefusal(error, 'This bundle cannot be read');
    }
  }

  has(name: string): boolean {
    return this.items.some((item) => item.name === name);
  }

  /** @throws AppError `invalid` where it is not there, or is no text of a size to be read */
  async readText(name: string): Promise<string> {
    const item = this.items.find((one) => one.name === name);
    if (!item) throw refused(`This file is no MCP bundle: it holds no ${name}.`);
    if (item.entry.uncompressedSize > MOST_TEXT) throw refused(`The ${name} of this bundle is too large.`);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of await this.zip.openReadStreamPromise(item.entry))
        chunks.push(chunk as Buffer);
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    } catch (error) {
      throw asRefusal(error, `The ${name} of this bundle cannot be read`);
    }
  }

  /**
   * Puts every file below `folder`, which must be new. Nothing that is there is ever written over, and an entry that
   * holds more bytes than it has said ends it.
   */
  async unpack(folder: string): Promise<void> {
    try {
      for (const { entry, name, isExecutable } of this.items) {
        const file = join(folder, ...name.split('/'));
        await mkdir(dirname(file), { recursive: true });
        // `wx`: two names that this file system takes for one end here.
        const target = createWriteStream(file, { flags: 'wx', mode: isExecutable ? 0o755 : 0o644 });
        await pipeline(await this.zip.openReadStreamPromise(entry), target);
      }
    } catch (error) {
      throw asRefusal(error, 'This bundle could not be unpacked');
    }
  }

  close(): void {
    this.zip.close();
  }
}

/**
 * Cuts the signature block off our copy of a bundle. By whom it was signed is not looked into: any certificate will do
 * for that format, so it says nothing about whom to trust.
 */
export async function cutSignature(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, MOST_SIGNATURE));
    await handle.read(tail, 0, tail.length, size - tail.length);
    if (!tail.subarray(-SIGNATURE.foot.length).equals(SIGNATURE.foot)) return;
    const head = tail.lastIndexOf(SIGNATURE.head);
    if (head >= 0) await handle.truncate(size - tail.length + head);
  } finally {
    await handle.close();
  }
}

async function listItems(zip: ZipFile): Promise<Item[]> {
  if (zip.entryCount > MOST_ENTRIES) throw refused(`This bundle holds more than ${MOST_ENTRIES} files.`);
  const items: Item[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    const item = itemOf(entry);
    if (!item) continue;
    bytes += entry.uncompressedSize;
    if (bytes > MOST_UNPACKED)
      throw refused(`This bundle holds more than ${MOST_UNPACKED / 1e6} MB when it is unpacked.`);
    // Most people's file systems know no case and one form of each letter.
    const key = item.name.normalize('NFC').toLowerCase();
    if (seen.has(key)) throw refused(`This bundle holds ${plainLine(item.name, 100)} twice.`);
    seen.add(key);
    items.push(item);
  }
  return items;
}

/** Nothing for a folder: folders come with the files in them. */
function itemOf(entry: Entry): Item | undefined {
  const { fileName } = entry;
  const shown = plainLine(fileName, 100);
  const mode = entry.externalFileAttributes >>> 16;
  const kind = mode & FILE_KIND;
  if (kind !== 0 && kind !== REGULAR && kind !== FOLDER)
    throw refused(`This bundle holds a link or a device (${shown}). Only plain files are unpacked.`);
  const parts = fileName.replace(/\/$/, '').split('/');
  const isSafe = parts.length <= MOST_DEPTH && fileName.length <= MOST_NAME && parts.every(isSafePart);
  if (!isSafe) throw refused(`This bundle holds a file whose name is not safe here: ${shown}.`);
  if (fileName.endsWith('/') || kind === FOLDER) return undefined;
  if (entry.isEncrypted() || !entry.canDecodeFileData())
    throw refused(`This bundle holds a file that cannot be unpacked without its author: ${shown}.`);
  return { entry, name: fileName, isExecutable: (mode & EXECUTABLE) !== 0 };
}

/** Safe on every system, since a bundle that is refused on one and taken on another helps nobody. */
const isSafePart = (part: string): boolean =>
  part !== '' &&
  part !== '.' &&
  part !== '..' &&
  !/[\p{Cc}<>:"|?*\\]/u.test(part) &&
  !/[. ]$/.test(part) &&
  !DEVICE.test(part);
