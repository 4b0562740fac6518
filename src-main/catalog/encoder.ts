import type { CatalogFile } from '../contract/index.js';
import { KINDS, type Kind } from './records.js';

const PER_SEGMENT = 64;

type Segment = { records: readonly object[]; bytes: Buffer };

/**
 * Turns catalogs into the bytes of `catalog.json`: one record a line, so that a person, `diff` and a merge tool can
 * read it. Records never change once they are in a catalog, so runs of records that were in the last one are taken from
 * there: of 10,000 servers of which one was edited, 64 are put into words.
 */
export class CatalogEncoder {
  #lists: Record<Kind, EncodedList> = {
    servers: new EncodedList(),
    remotes: new EncodedList(),
    links: new EncodedList(),
  };

  encode(file: CatalogFile): Buffer {
    const head =
      `{\n"schemaVersion": ${file.schemaVersion},\n"salt": ${JSON.stringify(file.salt)},\n` +
      `"settings": ${JSON.stringify(file.settings)}`;
    const lists = KINDS.flatMap((kind) => [
      Buffer.from(`,\n"${kind}": [`),
      ...this.#lists[kind].encode(file[kind]),
      Buffer.from(file[kind].length === 0 ? ']' : '\n]'),
    ]);
    return Buffer.concat([Buffer.from(head), ...lists, Buffer.from('\n}\n')]);
  }
}

class EncodedList {
  #segments: Segment[] = [];

  encode(records: readonly object[]): Buffer[] {
    const segments: Segment[] = [];
    for (let start = 0; start < records.length; start += PER_SEGMENT) {
      const known = this.#segments[segments.length];
      const end = Math.min(start + PER_SEGMENT, records.length);
      segments.push(
        known && holdsSame(known.records, records, start, end)
          ? known
          : encodeSegment(records.slice(start, end), start > 0),
      );
    }
    this.#segments = segments;
    return segments.map(({ bytes }) => bytes);
  }
}

function holdsSame(
  known: readonly object[],
  records: readonly object[],
  start: number,
  end: number,
): boolean {
  return known.length === end - start && known.every((record, index) => record === records[start + index]);
}

function encodeSegment(records: readonly object[], hasPrevious: boolean): Segment {
  const text = records.map((record) => JSON.stringify(record)).join(',\n');
  return { records, bytes: Buffer.from(`${hasPrevious ? ',' : ''}\n${text}`) };
}
