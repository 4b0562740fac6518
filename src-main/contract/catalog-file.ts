import { z } from 'zod';
import { linkSchema, remoteSchema } from './remote.js';
import { SCHEMA_VERSION } from './schema-version.js';
import { serverSchema } from './server.js';
import { settingsSchema } from './settings.js';

export { SCHEMA_VERSION };

/** `catalog.json` (INTERFACE §5). */
export const catalogFileSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  servers: z.array(serverSchema),
  remotes: z.array(remoteSchema),
  links: z.array(linkSchema),
  settings: settingsSchema.prefault({}),
  /** Random, made once: keeps hashes of secrets in link bases from being looked up. */
  salt: z.string().min(16),
});
export type CatalogFile = z.output<typeof catalogFileSchema>;
