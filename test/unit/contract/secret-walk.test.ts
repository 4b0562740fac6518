import fc from 'fast-check';
import { expect, it } from 'vitest';
import { secretIdsOf, secretsIn } from '../../../src-main/contract/secret-walk.js';

const id = (n: number): string => `sec-00000000-0000-4000-8000-00000000000${n}`;

it('the ids of an entity are those of all its secrets, whatever its keys are named like', () => {
  const leaf = fc.oneof(
    fc.nat({ max: 9 }).map(id),
    fc.constantFrom('a text', 'sec-', 7, null),
    fc.record({ secret: fc.nat({ max: 9 }).map(id) }),
    fc.record({ newSecret: fc.constant('a value') }),
  );
  const { entity } = fc.letrec((tie) => ({
    entity: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, tie('list'), tie('map')),
    list: fc.array(tie('entity'), { maxLength: 3 }),
    map: fc.dictionary(fc.constantFrom('env', 'headers', 'secret', 'newSecret', 'transport'), tie('entity')),
  }));
  let found = 0;
  fc.assert(
    fc.property(entity, (one) => {
      const all = secretsIn(one).flatMap(({ value }) => ('secret' in value ? [value.secret] : []));
      found += all.length;
      expect([...secretIdsOf(one)].sort()).toEqual([...new Set(all)].sort());
    }),
    { numRuns: 2_000 },
  );
  expect(found).toBeGreaterThan(500);
});
