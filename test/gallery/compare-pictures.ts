import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** How far one pixel may be off, of 1: some ten of 255 greys. Edges that are only smoothed otherwise do not count. */
const THRESHOLD = 0.05;
/** How many pixels may be off further than that. Not a share of the picture: a changed jack is not many more. */
const PIXELS = 40;

type Folders = { references: string; results: string };

async function save(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function readReference(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a picture the one that later ones are compared with. */
export async function keepReference(name: string, picture: Buffer, folders: Folders): Promise<void> {
  await save(join(folders.references, `${name}.png`), picture);
}

/**
 * Compares a PNG with the reference of that name. Answers what is wrong in one line, undefined where they look the
 * same. What differs is put into `results`: `NAME.actual.png`, and `NAME.diff.png` with the differing pixels in red.
 */
export async function differenceOf(
  name: string,
  picture: Buffer,
  folders: Folders,
): Promise<string | undefined> {
  const kept = await readReference(join(folders.references, `${name}.png`));
  const fault = kept ? await compare(name, kept, picture, folders.results) : 'has no reference';
  if (fault === undefined) return undefined;
  await save(join(folders.results, `${name}.actual.png`), picture);
  return `${name} ${fault}`;
}

async function compare(
  name: string,
  kept: Buffer,
  picture: Buffer,
  results: string,
): Promise<string | undefined> {
  const [before, now] = [PNG.sync.read(kept), PNG.sync.read(picture)];
  const { width, height } = now;
  if (before.width !== width || before.height !== height)
    return `is ${width} × ${height}, the reference ${before.width} × ${before.height}`;
  const diff = new PNG({ width, height });
  const off = pixelmatch(before.data, now.data, diff.data, width, height, { threshold: THRESHOLD });
  if (off <= PIXELS) return undefined;
  await save(join(results, `${name}.diff.png`), PNG.sync.write(diff));
  return `differs in ${off} pixels`;
}
