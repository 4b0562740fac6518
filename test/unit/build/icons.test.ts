import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { icns, ico } from '../../../build/icons/containers.mjs';
import { ROOT } from '../../support/host.js';

const png = (size: number): Promise<Buffer> => readFile(`${ROOT}/build/icons/made/linux/${size}x${size}.png`);
/** A PNG says its width right after the header of its first chunk. */
const widthOf = (image: Buffer): number => image.readUInt32BE(16);

describe('icon files', () => {
  it('of Windows hold each image where their directory says', async () => {
    const sizes = [16, 256];
    const file: Buffer = ico(await Promise.all(sizes.map(async (size) => ({ size, png: await png(size) }))));
    expect(file.readUInt16LE(2)).toBe(1);
    expect(file.readUInt16LE(4)).toBe(2);
    sizes.forEach((size, index) => {
      const entry = 6 + 16 * index;
      expect(file.readUInt8(entry)).toBe(size % 256);
      const [length, offset] = [file.readUInt32LE(entry + 8), file.readUInt32LE(entry + 12)];
      expect(widthOf(file.subarray(offset, offset + length))).toBe(size);
    });
  });

  it('of macOS are a chain of blocks that fills the file', async () => {
    const pngs: Record<number, Buffer> = {};
    for (const size of [32, 64, 128, 256, 512, 1024]) pngs[size] = await png(size);
    const file: Buffer = icns(pngs);
    expect(file.toString('latin1', 0, 4)).toBe('icns');
    expect(file.readUInt32BE(4)).toBe(file.length);
    const found: [string, number][] = [];
    for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4))
      found.push([file.toString('latin1', at, at + 4), widthOf(file.subarray(at + 8))]);
    expect(Object.fromEntries(found)).toMatchObject({ ic07: 128, ic10: 1024, ic11: 32, ic14: 512 });
  });

  it('are made from what is committed', async () => {
    const pngs: Record<number, Buffer> = {};
    for (const size of [32, 64, 128, 256, 512, 1024]) pngs[size] = await png(size);
    expect((await readFile(`${ROOT}/build/icons/made/icon.icns`)).equals(icns(pngs))).toBe(true);
  });
});
