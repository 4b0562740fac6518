import type { OutputUnit } from '@cfworker/json-schema';

/** Refusals that say "this is a thing of another kind", rather than "this thing has a fault". */
const OTHER_KIND = new Set(['type', 'const', 'enum']);
/** Keywords that only say that something below them is wrong. */
const UMBRELLAS = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalItems',
  'additionalProperties',
  'allOf',
  '$ref',
  'if',
  'then',
  'else',
]);

export const isUmbrella = ({ keyword }: OutputUnit): boolean => UMBRELLAS.has(keyword);

const isUnder = (unit: OutputUnit, location: string): boolean =>
  unit.keywordLocation.startsWith(`${location}/`);
const depthBelow = (unit: OutputUnit, at: string): number =>
  unit.instanceLocation.slice(at.length).split('/').length - 1;

function byBranch(units: OutputUnit[], location: string): OutputUnit[][] {
  const branches = new Map<string, OutputUnit[]>();
  for (const unit of units) {
    const branch = unit.keywordLocation.slice(location.length + 1).split('/')[0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), unit]);
  }
  return [...branches.values()];
}

/** Lower is nearer: first by what shows that another branch was meant, then by the number of faults. */
function distance(branch: OutputUnit[], at: string): number {
  const others = branch.filter(
    (unit) => OTHER_KIND.has(unit.keyword) && depthBelow(unit, at) <= (unit.keyword === 'type' ? 0 : 1),
  );
  return others.length * 1_000 + branch.filter((unit) => !isUmbrella(unit)).length;
}

/**
 * Of a refused `oneOf` or `anyOf` the faults of one branch are kept, the one that was most likely meant: nobody wants
 * to read why a value is none of the other kinds. Where even that one is of another kind, the refusal itself is kept.
 */
export function likelyFaults(units: readonly OutputUnit[]): OutputUnit[] {
  let kept = [...units];
  for (const choice of units) {
    if ((choice.keyword !== 'oneOf' && choice.keyword !== 'anyOf') || !kept.includes(choice)) continue;
    const location = choice.keywordLocation;
    const inside = kept.filter((unit) => isUnder(unit, location));
    if (inside.length === 0) continue;
    const at = choice.instanceLocation;
    const [best = []] = byBranch(inside, location).sort((a, b) => distance(a, at) - distance(b, at));
    const isOther = best.some((unit) => OTHER_KIND.has(unit.keyword) && depthBelow(unit, at) === 0);
    kept = kept.filter((unit) =>
      isOther
        ? !isUnder(unit, location)
        : unit !== choice && (best.includes(unit) || !isUnder(unit, location)),
    );
  }
  return kept;
}
