import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PO from 'pofile';
import { describe, expect, it } from 'vitest';
import { getConfig, Hub } from 'wuchale';

const folder = join(import.meta.dirname, '../../src-renderer/locales');
const read = async (language: string) =>
  PO.parse(await readFile(join(folder, `${language}.po`), 'utf8')).items.filter((item) => !item.obsolete);

const LANGUAGES = ['de'];
const placesOf = (text: string): string[] => (text.match(/\{\d+\}|<\/?\d+\/?>|#/g) ?? []).sort();

describe.each(LANGUAGES)('the catalogue of %s', (language) => {
  it('has the same texts as English, each with words', async () => {
    const [ours, english] = [await read(language), await read('en')];
    expect(ours.map(({ msgid }) => msgid).sort()).toEqual(english.map(({ msgid }) => msgid).sort());
    const empty = ours.filter(
      ({ msgstr }) => msgstr.length === 0 || msgstr.some((text) => text.trim() === ''),
    );
    expect(empty.map(({ msgid }) => msgid)).toEqual([]);
  });

  it('leaves out nothing that a text says in between', async () => {
    const faulty = (await read(language)).filter(({ msgid, msgid_plural: plural, msgstr }) =>
      msgstr.some((text, form) => {
        const source = form === 0 ? msgid : (plural ?? msgid);
        return placesOf(text).join() !== placesOf(source).join();
      }),
    );
    expect(faulty.map(({ msgid, msgstr }) => ({ msgid, msgstr }))).toEqual([]);
  });
});

it('has every text of the sources, and no other: run `npm run texts`', async () => {
  const config = join(folder, '../wuchale.config.js');
  const readOnly = {
    read: (file: string) => readFile(file, 'utf8').catch(() => null),
    exists: (path: string) =>
      access(path).then(
        () => true,
        () => false,
      ),
    write: () => undefined,
    mkdir: () => undefined,
    unlink: () => true,
  };
  const hub = await Hub.create('cli', () => getConfig(config), join(folder, '..'), 0, readOnly);
  const { checked, errors, syncs } = await hub.check(true);
  expect(checked).toBeGreaterThan(500);
  expect({ errors, changed: syncs }).toEqual({ errors: [], changed: [] });
});
