import { z } from 'zod';
import { method } from './define.js';
import { id, none } from './params.js';

/** One AI client and a config file of its that was found, or could be made, on this computer. */
export type FoundClient = {
  /** The word that `export.*` takes: `claude-desktop`, `cursor`, `vscode`, … */
  client: string;
  title: string;
  path: string;
  exists: boolean;
  serverCount: number;
  /** Why its file cannot be read, where it cannot. */
  problem?: string;
};

export type ImportAction = 'add' | 'same' | 'overwrite' | 'rename' | 'skip';

export type ImportItem = {
  /** Stable within one preview: what `import.apply` names its choices by. */
  key: string;
  name: string;
  action: ImportAction;
  /** The name it would be given under `rename`. */
  newName?: string;
  /** An existing server with the same name, command or URL. */
  existingServerId?: string;
  transportType: string;
  /** Command line or URL, secrets masked. */
  summary: string;
  /** Dotted paths of plain values that look like secrets; preselected for the keychain. */
  secretPaths: string[];
  warnings: string[];
  source: string;
};

/** Where to import from: text that was pasted or dropped, a client found by `import.scan`, or a folder's files. */
const importSource = z.union([
  z.strictObject({ text: z.string().max(5_000_000), fileName: z.string().max(1_000).optional() }),
  z.strictObject({ client: z.string().min(1).max(100) }),
  z.strictObject({ folder: z.string().min(1).max(4_096) }),
]);

export const exchangeMethods = {
  'import.scan': method<{ clients: FoundClient[] }>()(none),
  'import.preview': method<{ items: ImportItem[]; problems: string[] }>()(
    z.strictObject({ source: importSource }),
  ),
  'import.apply': method<{ added: string[]; overwritten: string[]; skipped: string[] }>()(
    z.strictObject({
      source: importSource,
      /** Key of an item → what to do with it. Items that are not named are skipped. */
      choices: z.record(
        z.string(),
        z.strictObject({
          action: z.enum(['add', 'overwrite', 'rename', 'skip']),
          newName: z.string().optional(),
          /** Which of `secretPaths` go to the keychain; without it, all of them. */
          secretPaths: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
  'export.preview': method<{ path: string; before: string; after: string; warnings: string[] }>()(
    z.strictObject({
      client: z.string().min(1).max(100),
      serverIds: z.array(id).max(10_000),
      /** Write secrets in plain text. Without it they are left out, in the way the client supports best. */
      plainSecrets: z.boolean().default(false),
    }),
  ),
  'export.apply': method<{ path: string; backup?: string; warnings: string[] }>()(
    z.strictObject({
      client: z.string().min(1).max(100),
      serverIds: z.array(id).max(10_000),
      plainSecrets: z.boolean().default(false),
    }),
  ),
};
