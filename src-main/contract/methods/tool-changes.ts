import { z } from 'zod';
import { method } from './define.js';
import { id } from './params.js';

/** What of a tool an AI model is told, and the person has once seen. Texts are the server's own: shown as text only. */
export type ToolFace = { title: string; description: string; schema: string };

/**
 * A tool that is described otherwise than when its server's tools were last accepted. A server that was harmless when
 * it was chosen can turn its descriptions into orders for a model later.
 */
export type ToolChange = { name: string; kind: 'changed' | 'added'; before?: ToolFace; now: ToolFace };

export const toolChangeMethods = {
  /** What differs from what was accepted. The first list ever seen of a server counts as accepted. */
  'tool.changes': method<{ changes: ToolChange[] }>()(z.strictObject({ serverId: id })),
  /** Accepts the tools as they are described now. */
  'tool.accept': method<Record<string, never>>()(z.strictObject({ serverId: id })),
};
