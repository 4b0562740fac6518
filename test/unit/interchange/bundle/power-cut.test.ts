import { open, rename, type FileHandle } from 'node:fs/promises';
import { relative } from 'node:path';
import { expect, it, vi } from 'vitest';
import { Bundles } from '../../../../src-main/interchange/bundle/bundles.js';
import { tempFolder } from '../../../support/temp-folder.js';
import { zip } from '../../../support/zip.js';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  return { ...actual, rename: vi.fn(actual.rename), open: vi.fn(actual.open) };
});

const MANIFEST = {
  manifest_version: '0.3',
  name: 'weather',
  version: '1.2.0',
  description: 'Tells the weather.',
  author: { name: 'Ada' },
  server: {
    type: 'node',
    entry_point: 'server/index.js',
    mcp_config: { command: 'node', args: ['${__dirname}/server/index.js'] },
  },
};

it('a bundle is on disk, file by file, before it has its place, and its place before it is told of', async () => {
  const dataDir = await tempFolder();
  const bundles = new Bundles({ dataDir }, 'linux');
  const done: string[] = [];
  const { open: reallyOpen, rename: reallyRename } =
    await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  vi.mocked(open).mockImplementation(async (...args) => {
    const handle: FileHandle = await reallyOpen(...args);
    const sync = handle.sync.bind(handle);
    handle.sync = async () => {
      await sync();
      done.push(relative(dataDir, String(args[0])).replace(/weather-[0-9a-f]+/, 'weather'));
    };
    return handle;
  });
  vi.mocked(rename).mockImplementation(async (...args) => {
    await reallyRename(...args);
    done.push('renamed');
  });
  const file = zip([
    { name: 'manifest.json', data: JSON.stringify(MANIFEST) },
    { name: 'server/index.js', data: 'console.log(1)' },
    { name: 'server/lib/empty.js', data: '' },
  ]);
  const id = await bundles.begin('weather.mcpb', file.length);
  await bundles.append(id, file);
  await bundles.unpack(id, {});
  await bundles.dispose();
  const inside = ['', '/manifest.json', '/server', '/server/index.js', '/server/lib', '/server/lib/empty.js'];
  expect(done.slice(0, 6).sort()).toEqual(inside.map((name) => `bundles/weather.unfinished${name}`));
  expect(done.slice(6)).toEqual(['renamed', 'bundles', '']);
});
