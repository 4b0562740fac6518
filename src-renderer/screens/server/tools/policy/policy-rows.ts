import type { CallDay, ToolPolicy } from '../../../../../src-main/contract/index.js';
import { mayExecute, needsNoApproval } from '../tool-lists.js';

/** One tool of the table: what agents may do with it, and what it costs. */
export type PolicyRow = {
  name: string;
  may: boolean;
  auto: boolean;
  price: number | undefined;
  /** Calls a day; 0 where none was seen. */
  calls: number;
  /** In the lists, and offered by nobody who was asked. */
  isStranger: boolean;
};

const DAYS = 7;

/** Calls a day of each tool, over those of the last seven days on which there were any. */
export function usualDay(days: readonly CallDay[]): { calls: ReadonlyMap<string, number>; days: number } {
  const latest = days.slice(0, DAYS);
  const sums = new Map<string, number>();
  for (const { calls } of latest)
    for (const [tool, count] of Object.entries(calls)) sums.set(tool, (sums.get(tool) ?? 0) + count);
  return {
    calls: new Map([...sums].map(([tool, sum]) => [tool, sum / latest.length])),
    days: latest.length,
  };
}

/** Every tool that is offered, and every name the lists hold beside them. */
export function policyRows(
  policy: ToolPolicy,
  offered: readonly string[],
  calls: ReadonlyMap<string, number>,
): PolicyRow[] {
  const known = new Set(offered);
  const listed = [...policy.execute, ...policy.autoExecute, ...Object.keys(policy.pricing)];
  const names = [...known, ...new Set(listed.filter((name) => name !== '*' && !known.has(name)))];
  return names.map((name) => ({
    name,
    may: mayExecute(policy, name),
    auto: needsNoApproval(policy, name),
    price: Object.hasOwn(policy.pricing, name) ? policy.pricing[name] : undefined,
    calls: calls.get(name) ?? 0,
    isStranger: !known.has(name),
  }));
}

/** What such a day costs at these prices, in dollars. */
export function costOfDay(rows: readonly PolicyRow[]): number {
  return rows.reduce((sum, { price = 0, calls }) => sum + price * calls, 0);
}

/** The tools of a server that a remote knows of. */
export type KnownTools = { remote: string; tools: readonly string[] };

export function allNames(known: readonly KnownTools[]): string[] {
  return [...new Set(known.flatMap(({ tools }) => tools))].sort();
}
