import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Intent } from '../../contract/index.js';
import { FileRefusal } from './intent-of-file.js';
import type { LocalClient } from './local-client.js';

const BUNDLE = /\.(mcpb|dxt)$/i;
const PIECE = 512 * 1024;

export const isBundle = (path: string): boolean => BUNDLE.test(path);

/**
 * Hands a bundle that was opened with the app to it, by the same door as the page's: what the dialog shows and what is
 * installed in the end are the same bytes, whatever becomes of the file.
 * @throws FileRefusal where it is unreadable; Error with the app's sentence where it is not taken
 */
export async function intentOfBundle(path: string, client: Pick<LocalClient, 'call'>): Promise<Intent> {
  const fileName = basename(path);
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new FileRefusal(`${fileName} could not be read (${error.code ?? 'unknown reason'}).`);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size === 0) throw new FileRefusal(`${fileName} is no bundle.`);
    const { id } = await client.call('bundle.begin', { fileName, size: stat.size });
    const piece = Buffer.alloc(PIECE);
    for (let at = 0; at < stat.size;) {
      const { bytesRead } = await handle.read(piece, 0, Math.min(PIECE, stat.size - at), at);
      if (bytesRead === 0) throw new FileRefusal(`${fileName} was cut short while it was read.`);
      await client.call('bundle.append', { id, data: piece.toString('base64', 0, bytesRead) });
      at += bytesRead;
    }
    return { kind: 'bundle', id };
  } finally {
    await handle.close();
  }
}
