import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { syncFolder } from './durable-file.js';

/** As many as Node's thread pool has hands. */
const AT_ONCE = 4;

/**
 * Makes everything in a folder that was just filled survive a power cut. All files are written by then and the disk
 * has begun with them, so this costs half of what syncing each one as it is written would.
 * @throws the system's error
 */
export async function syncTree(root: string): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const folders = entries.filter((entry) => entry.isDirectory());
  const queue = new PQueue({ concurrency: AT_ONCE });
  const pathOf = (entry: (typeof entries)[number]): string => join(entry.parentPath, entry.name);
  await queue.addAll(files.map((file) => () => syncFile(pathOf(file))));
  for (const folder of folders) await syncFolder(pathOf(folder));
  await syncFolder(root);
}

async function syncFile(path: string): Promise<void> {
  // Windows syncs only what is open for writing.
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
