import { open, type FileHandle } from 'node:fs/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Catalog } from '../../../src-main/catalog/catalog.js';
import { tempFolder } from '../../support/temp-folder.js';
import { server } from './records.js';

/** From now on every fsync of this process waits until it is let through, as on a share that does not answer. */
async function holdDisk(): Promise<{ waiting: () => number; release: () => void }> {
  const handle = await open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  let release = (): void => undefined;
  let count = 0;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const sync = prototype.sync;
  const spy = vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    count += 1;
    await gate;
    return sync.call(this);
  });
  onTestFinished(() => {
    release();
    spy.mockRestore();
  });
  return { waiting: () => count, release };
}

it('a slow disk: reading goes on, nothing is acknowledged before it is there, and what waits goes out together', async () => {
  const catalog = await Catalog.open({ dataDir: await tempFolder() });
  onTestFinished(() => catalog.close());
  const before = (await catalog.backups()).length;
  const disk = await holdDisk();
  const answered: string[] = [];
  const edits = ['a', 'b', 'c', 'd'].map((id, index) =>
    (index === 0 ? Promise.resolve() : vi.waitFor(() => expect(disk.waiting()).toBeGreaterThan(0)))
      .then(() => catalog.edit((tx) => tx.put('servers', server(id, { name: id }))))
      .then(() => answered.push(id)),
  );
  await vi.waitFor(() => expect(disk.waiting()).toBeGreaterThan(0));
  expect(catalog.servers()).toEqual([]);
  expect(answered).toEqual([]);
  disk.release();
  await Promise.all(edits);
  expect(catalog.servers().map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  // Two writes, not four: each would have made a backup of what it replaced.
  expect((await catalog.backups()).length - before).toBe(2);
});
