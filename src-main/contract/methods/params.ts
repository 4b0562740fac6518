import { z } from 'zod';

export const id = z.string().min(1).max(200);
export const patch = z.record(z.string(), z.unknown());
export const jsonObject = z.record(z.string(), z.unknown());
export const none = z.strictObject({});
export const consent = z.array(z.enum(['replace', 'rename', 'delete'])).max(3);
