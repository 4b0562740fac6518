import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCatalog, emptyCatalog } from '../../../src-main/catalog/read-catalog.js';
import { CatalogEncoder } from '../../../src-main/catalog/encoder.js';
import { fileOf, stateOf } from '../../../src-main/catalog/state.js';
import { Transaction } from '../../../src-main/catalog/transaction.js';
import type { CatalogFile } from '../../../src-main/contract/index.js';
import { link, remote, server } from './records.js';

const encoded = (file: CatalogFile): Uint8Array => new CatalogEncoder().encode(file);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const plain = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.includes('\0'));
const servers = fc.uniqueArray(
  fc.record({
    id,
    description: plain,
    args: fc.array(plain, { maxLength: 4 }),
    env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,10}$/), plain, { maxKeys: 4 }),
  }),
  { selector: (one) => one.id, maxLength: 8 },
);
const catalogs = servers.map((list) => {
  const records = list.map((one) =>
    server(one.id, {
      description: one.description,
      transport: { type: 'stdio', command: 'x', args: one.args, env: one.env },
    }),
  );
  const remotes = [remote('r')];
  const links = records.map((one, index) => link(`l${index}`, one.id, 'r'));
  return { ...emptyCatalog(), servers: records, remotes, links };
});

describe('the catalog file', () => {
  it('read from any bytes never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readCatalog(bytes)));
  });

  it('read from any JSON never throws, and holds only records that can be written', () => {
    const almost = fc.record(
      {
        schemaVersion: fc.oneof(fc.constantFrom(0, 1, 2), fc.jsonValue()),
        servers: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
        remotes: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
        links: fc.jsonValue(),
        settings: fc.jsonValue(),
        salt: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almost), (json) => {
        const reading = readCatalog(bytesOf(JSON.stringify(json)));
        if (reading.kind === 'unreadable') return;
        const again = readCatalog(encoded(reading.file));
        expect(again).toMatchObject({ kind: 'whole', file: reading.file });
      }),
    );
  });

  it('cut off anywhere is either whole or unreadable, never something else', () => {
    fc.assert(
      fc.property(catalogs, fc.nat(), (file, cut) => {
        const bytes = encoded(file);
        const part = bytes.slice(0, cut % bytes.length);
        const reading = readCatalog(part);
        // Only the newline after the last brace can be missed.
        expect(reading.kind).toBe(part.length === bytes.length - 1 ? 'whole' : 'unreadable');
      }),
    );
  });

  it('comes back from disk as it was written', () => {
    fc.assert(
      fc.property(catalogs, (file) => {
        const reading = readCatalog(encoded(fileOf(stateOf(file))));
        expect(reading).toMatchObject({ kind: 'whole', file });
      }),
    );
  });
});

describe('an encoder', () => {
  it('that has encoded other catalogs before writes the same as a new one', () => {
    const many = (seed: number): CatalogFile['servers'] =>
      Array.from({ length: 200 }, (_, n) => server(`s${n}`, { description: String((n * seed) % 3) }));
    const pool = [many(1), many(2)].flat();
    const picks = fc.array(fc.uniqueArray(fc.nat(199), { maxLength: 200 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(picks, fc.nat(), (lists, seed) => {
        const old = new CatalogEncoder();
        for (const [turn, list] of lists.entries()) {
          const records = list.map(
            (n) => pool[n + 200 * ((seed + turn + n) % 2)] as CatalogFile['servers'][0],
          );
          const file = { ...emptyCatalog(), servers: records };
          expect(old.encode(file).equals(new CatalogEncoder().encode(file))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a transaction', () => {
  it('does what the same steps do to a plain map, and leaves its base alone', () => {
    const step = fc.record({ put: fc.boolean(), id: fc.constantFrom('a', 'b', 'c', 'd'), text: plain });
    fc.assert(
      fc.property(catalogs, fc.array(step, { maxLength: 20 }), (file, steps) => {
        const base = stateOf(file);
        const before = JSON.stringify(fileOf(base));
        const model = new Map(base.servers.list.map((one) => [one.id, one.description]));
        const tx = new Transaction(base);
        for (const { put, id: key, text } of steps)
          if (put) {
            tx.put('servers', server(key, { description: text }));
            model.set(key, text);
          } else {
            tx.remove('servers', key);
            model.delete(key);
          }
        const after = tx.finish()?.state ?? base;
        expect(after.servers.list.map((one) => [one.id, one.description])).toEqual([...model]);
        expect(JSON.stringify(fileOf(base))).toBe(before);
      }),
    );
  });
});
