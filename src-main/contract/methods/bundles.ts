import { z } from 'zod';
import type { Server } from '../server.js';
import { method } from './define.js';
import { id } from './params.js';

/** A value that a bundle asks the person for (`user_config` of its manifest). */
export type BundleField = {
  key: string;
  title: string;
  description: string;
  type: 'string' | 'number' | 'boolean' | 'directory' | 'file';
  required: boolean;
  /** Kept in the keychain. */
  sensitive: boolean;
  multiple: boolean;
  default?: string | number | boolean | string[];
  min?: number;
  max?: number;
};

/** What is in an MCP bundle (`.mcpb`, formerly `.dxt`), as its manifest says. All texts are its author's. */
export type Bundle = {
  fileName: string;
  /** What a server made of it would be called. */
  title: string;
  version: string;
  author: string;
  description: string;
  homepage?: string;
  kind: 'node' | 'python' | 'binary' | 'uv';
  /** The whole of what would be run, with `${user_config.KEY}` where the person's values go. */
  command: string;
  args: string[];
  env: Record<string, string>;
  /** Where it would be unpacked. */
  folder: string;
  fileCount: number;
  bytes: number;
  fields: BundleField[];
  tools: { name: string; description?: string }[];
  /** Why it cannot be installed here. */
  problems: string[];
  warnings: string[];
};

/** A megabyte of base64 and a little: a bundle travels in pieces that no door is too small for. */
const PIECE = 1_500_000;
const text = z.string().max(100_000);

export const bundleMethods = {
  /** Announces a bundle of `size` bytes. What is not used within some minutes is dropped. */
  'bundle.begin': method<{ id: string }>()(
    z.strictObject({ fileName: z.string().min(1).max(1_000), size: z.number().int().min(1) }),
  ),
  /** The next bytes of it, in their order. */
  'bundle.append': method<{ received: number }>()(
    z.strictObject({ id, data: z.base64().max(PIECE, 'is too long for one piece') }),
  ),
  /** Reads the manifest and looks at every file's name and size. Unpacks nothing and runs nothing. */
  'bundle.inspect': method<{ bundle: Bundle }>()(z.strictObject({ id })),
  /** Unpacks it and makes a server of it, which is not started. Sensitive values go to the keychain. */
  'bundle.install': method<{ server: Server }>()(
    z.strictObject({
      id,
      name: z.string().optional(),
      config: z
        .record(z.string(), z.union([text, z.number(), z.boolean(), z.array(text).max(1_000)]))
        .default({}),
    }),
  ),
  'bundle.discard': method<Record<string, never>>()(z.strictObject({ id })),
};
