import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { licenceList, missingFrom, packagesWithScripts } from '../../../build/lib/bill.mjs';

const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const lock = json('package-lock.json') as { packages: Record<string, Record<string, unknown>> };

describe('what comes from elsewhere', () => {
  it('runs no install script that package.json does not name, and none at all today', () => {
    const named = json('package.json')['allowScripts'] as Record<string, boolean>;
    const scripts = packagesWithScripts(lock) as string[];
    expect(scripts).toContain('@github/keytar');
    expect(scripts.filter((name) => !(name in named))).toEqual([]);
    expect(Object.values(named).filter(Boolean)).toEqual([]);
  });

  it('comes from the registry, at one version with one hash', () => {
    const loose = Object.entries(lock.packages).filter(
      ([path, { integrity, link, inBundle }]) => path !== '' && !link && !inBundle && !integrity,
    );
    expect(loose).toEqual([]);
  });

  it('is an action pinned to a commit, with its release beside it', () => {
    const uses = readdirSync('.github/workflows').flatMap((name) =>
      readFileSync(`.github/workflows/${name}`, 'utf8')
        .split('\n')
        .filter((line) => /^\s*-?\s*uses:/.test(line)),
    );
    expect(uses.length).toBeGreaterThan(3);
    expect(
      uses.filter((line) => !/uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });
});

describe('the bill of materials', () => {
  const bill = {
    components: [
      { group: '@a', name: 'b', version: '1.0.0', licenses: [{ license: { id: 'MIT' } }] },
      { name: 'c', version: '2.0.0', licenses: [{ expression: '(MIT OR ISC)' }] },
      { name: 'd', version: '3.0.0' },
      { name: 'e', version: '1.0.0', licenses: [{ license: { id: 'MIT' } }] },
    ],
  };

  it('lists what stands under which licence, and what names none', () => {
    expect(licenceList(bill)).toEqual([
      { licence: 'MIT', packages: ['b@1.0.0', 'e@1.0.0'] },
      { licence: '(MIT OR ISC)', packages: ['c@2.0.0'] },
      { licence: 'none', packages: ['d@3.0.0'] },
    ]);
  });

  it('is held against the lock file', () => {
    const packages = {
      '': {},
      'node_modules/@a/b': { version: '1.0.0' },
      'node_modules/c': { version: '2.0.0' },
      'node_modules/x/node_modules/c': { version: '2.5.0' },
      'node_modules/keytar': { name: 'd', version: '3.0.0' },
    };
    expect(missingFrom(bill, { packages })).toEqual(['c@2.5.0']);
  });
});
