import type { ToolPolicy } from '../../../../src-main/contract/index.js';

/**
 * The rules of a server's tool lists (contract, `tools`): `["*"]` means all and stands alone, `[]` means none, and what
 * runs without approval must be allowed to run at all. Every function answers the lists anew and keeps to them.
 */
export type Lists = Pick<ToolPolicy, 'execute' | 'autoExecute'>;

const ALL = '*';

export const isAll = (list: readonly string[]): boolean => list.includes(ALL);
export const mayExecute = ({ execute }: Lists, tool: string): boolean =>
  isAll(execute) || execute.includes(tool);
export const needsNoApproval = (lists: Lists, tool: string): boolean =>
  mayExecute(lists, tool) && (isAll(lists.autoExecute) || lists.autoExecute.includes(tool));

const without = (list: readonly string[], tool: string, known: readonly string[]): string[] =>
  (isAll(list) ? known : list).filter((other) => other !== tool);

const withTool = (list: readonly string[], tool: string): string[] =>
  isAll(list) || list.includes(tool) ? [...list] : [...list, tool];

/** Allows or forbids one tool. `known` are the server's tools by name: what "all" is at this moment. */
export function setExecute(lists: Lists, tool: string, on: boolean, known: readonly string[]): Lists {
  if (on) return { execute: withTool(lists.execute, tool), autoExecute: [...lists.autoExecute] };
  const execute = without(lists.execute, tool, known);
  // "All without approval" cannot stay where not all are allowed: it becomes all of those that are.
  const autoExecute = isAll(lists.autoExecute)
    ? execute
    : lists.autoExecute.filter((other) => execute.includes(other));
  return { execute, autoExecute: [...autoExecute] };
}

/** Lets one tool run without approval, or asks for it again. What runs without approval is allowed too. */
export function setAutoExecute(lists: Lists, tool: string, on: boolean, known: readonly string[]): Lists {
  if (!on) return { execute: [...lists.execute], autoExecute: without(lists.autoExecute, tool, known) };
  return { execute: withTool(lists.execute, tool), autoExecute: withTool(lists.autoExecute, tool) };
}

/** Allows all tools, also those that come later, or the ones named alone. */
export function setAll(lists: Lists, on: boolean): Lists {
  if (on) return { execute: [ALL], autoExecute: [...lists.autoExecute] };
  return { execute: [], autoExecute: [] };
}

/** Names in the lists and the prices that the server does not offer. */
export function unknownNames(policy: ToolPolicy, known: readonly string[]): string[] {
  const names = new Set([...policy.execute, ...policy.autoExecute, ...Object.keys(policy.pricing)]);
  return [...names].filter((name) => name !== ALL && !known.includes(name)).sort();
}

/** Reads a price as it is typed. `null`: none. Undefined: no price at all. */
export function readPrice(text: string): number | null | undefined {
  const trimmed = text.trim().replace(/^\$\s*/, '');
  if (trimmed === '') return null;
  const price = Number(trimmed.replace(',', '.'));
  return Number.isFinite(price) && price >= 0 && price <= 1_000_000 ? price : undefined;
}

/** `$0.002`; as many digits as there are. */
export function dollars(amount: number): string {
  return `$${amount === 0 ? '0' : amount.toLocaleString('en-US', { maximumFractionDigits: 8 })}`;
}
