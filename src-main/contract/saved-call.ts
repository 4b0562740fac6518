import { z } from 'zod';
import { name } from './rules.js';

const LONGEST = 64 * 1_024;

/** Arguments of a tool that the person keeps under a name, to call it with them again. */
export const savedCallSchema = z.strictObject({
  name,
  tool: z.string().min(1).max(1_000),
  arguments: z
    .record(z.string(), z.unknown())
    .refine((value) => JSON.stringify(value).length <= LONGEST, 'must not be longer than 64 kB'),
});
export type SavedCall = z.output<typeof savedCallSchema>;

/** By the server's id, in the order in which they were saved. */
export const savedCallsSchema = z.record(z.string().max(200), z.array(savedCallSchema).max(100));
