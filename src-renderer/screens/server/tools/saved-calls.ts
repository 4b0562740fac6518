import type { SavedCall } from '../../../../src-main/contract/index.js';
import { looksLikeSecret } from '../../../../src-main/contract/looks-like-secret.js';
import { catalog } from '../../../state/catalog.svelte.js';
import { updateSettings } from '../../../state/settings-actions.js';

const ofServer = (serverId: string): readonly SavedCall[] => catalog.settings.savedCalls[serverId] ?? [];

/** The calls kept for one tool, in the order in which they were saved. */
export function savedCallsOf(serverId: string, tool: string): SavedCall[] {
  return ofServer(serverId).filter((call) => call.tool === tool);
}

const isSame = (a: SavedCall, b: Pick<SavedCall, 'name' | 'tool'>): boolean =>
  a.tool === b.tool && a.name.toLowerCase() === b.name.trim().toLowerCase();

/** Whether a save under this name would take the place of another. */
export function isTaken(serverId: string, call: Pick<SavedCall, 'name' | 'tool'>): boolean {
  return ofServer(serverId).some((other) => isSame(other, call));
}

export async function saveCall(serverId: string, call: SavedCall): Promise<void> {
  const others = ofServer(serverId).filter((other) => !isSame(other, call));
  await updateSettings({ savedCalls: { [serverId]: [...others, call] } });
}

export async function forgetCall(serverId: string, call: SavedCall): Promise<void> {
  await updateSettings({ savedCalls: { [serverId]: ofServer(serverId).filter((other) => other !== call) } });
}

/** Paths of texts that look like secrets: saved calls stand in a file, where none may stand. */
export function secretPaths(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return looksLikeSecret(path.split('.').at(-1) ?? '', value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => secretPaths(child, path ? `${path}.${key}` : key));
}
