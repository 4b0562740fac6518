import { crc32 as checksum, deflateRawSync } from 'node:zlib';

export type ZipEntry = {
  name: string;
  data?: string | Uint8Array;
  /** With the file's kind: 0o100755 for a program, 0o120777 for a link. */
  mode?: number;
  /** What the entry says of its size, where that is a lie. */
  claims?: number;
  flags?: number;
  /** What the directory has beside the name, as a raw extra field. */
  extra?: Buffer;
  /** The system that made it: 3 is Unix, 0 is MS-DOS, whose attributes are no modes. */
  madeBy?: number;
  /** Leads to the bytes of the entry before, instead of having its own. */
  overlaps?: boolean;
};

/** Info-ZIP's second name for an entry, which some programs believe rather than the first. */
export function unicodePath(name: string, instead: string): Buffer {
  const path = Buffer.from(instead);
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + path.length, 2);
  field.writeUInt8(1, 4);
  field.writeUInt32LE(checksum(name), 5);
  return Buffer.concat([field, path]);
}

/** A zip file, byte by byte: the ones that attack are what no library would write. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  let previous = 0;
  for (const entry of entries) {
    const { name, data = '', mode = 0o100644, claims, flags = 0x0800, madeBy = 3, overlaps = false } = entry;
    const raw = Buffer.from(data);
    const packed = deflateRawSync(raw);
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(checksum(raw), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claims ?? raw.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed]);
    const extra = entry.extra ?? Buffer.alloc(0);
    const listed = Buffer.from(common);
    listed.writeUInt16LE(extra.length, 24);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(overlaps ? previous : offset, 10);
    const made = Buffer.from([20, madeBy]);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, listed, tail, nameBytes, extra]),
    );
    if (overlaps) continue;
    bodies.push(local);
    previous = offset;
    offset += local.length;
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}
