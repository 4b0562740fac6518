import type { Migration } from './migration.js';

/**
 * Version 0: files from before the schema had a number. They hold no `schemaVersion`, and records that were never
 * edited hold no `revision`.
 */
export const from0: Migration = (file) => ({
  ...file,
  schemaVersion: 1,
  servers: withRevisions(file['servers']),
  remotes: withRevisions(file['remotes']),
});

function withRevisions(records: unknown): unknown {
  if (!Array.isArray(records)) return records;
  return records.map((record: unknown) =>
    typeof record === 'object' && record !== null && !('revision' in record)
      ? { ...record, revision: 1 }
      : record,
  );
}
