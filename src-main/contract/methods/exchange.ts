import { z } from 'zod';
import type { Problem } from '../errors.js';
import type { ServerInput } from '../server.js';
import { method } from './define.js';
import { clientWord, EXPORT_FORMS } from './exchange-words.js';
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
  /** What `overwrite` would change of the existing server. Secrets are masked. */
  changes?: ImportChange[];
};

/** One field of a server that an import would change. A missing text: the field is not there on that side. */
export type ImportChange = { field: string; before?: string; after?: string; secret?: true };

/** A server that was understood out of a text, as a form can take it: what looks like a secret is a `newSecret`. */
export type ReadServer = Pick<ServerInput, 'name' | 'transport' | 'tools' | 'description'> & {
  warnings: string[];
};

/** What a text was taken for. */
export const TEXT_KINDS = [
  'configuration',
  'command_line',
  'address',
  'package',
  'install_link',
  'nothing',
] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

/** A copy of a client's file from before Jackfield wrote to it. */
export type ClientBackup = {
  backup: string;
  at: string;
  bytes: number;
  /** There was no file then: putting this back takes away the one that an export has made. */
  absent?: true;
};

/** Where to import from: text that was pasted or dropped, a client found by `import.scan`, or a folder's files. */
const importSource = z.union([
  z.strictObject({ text: z.string().max(5_000_000), fileName: z.string().max(1_000).optional() }),
  z.strictObject({ client: clientWord }),
  /** Several at once, so that what they share is seen. */
  z.strictObject({ clients: z.array(clientWord).min(1).max(1_000) }),
  z.strictObject({ folder: z.string().min(1).max(4_096) }),
]);

const exportParams = {
  client: clientWord,
  serverIds: z.array(id).max(10_000),
  /** Write secrets in plain text. Without it they are left out, in the way the client supports best. */
  plainSecrets: z.boolean().default(false),
  /**
   * `launcher`: the entry starts `jackfield run <server id>`, which resolves secrets from the keychain and becomes the
   * server, so that no secret leaves the keychain. `direct`: the entry is the server itself. Without it an entry keeps
   * the form it has, and a new one is direct.
   */
  form: z.enum(EXPORT_FORMS).optional(),
};

const exportConsent = z
  .array(z.enum(['overwrite']))
  .max(1)
  .default([]);

const removeParams = {
  client: clientWord,
  /** Servers whose entries go. */
  serverIds: z.array(id).max(10_000).default([]),
  /** Entries by their names in the client's file, whosever they are. */
  entries: z.array(z.string().max(1_000)).max(10_000).default([]),
};

export const exchangeMethods = {
  'import.scan': method<{ clients: FoundClient[] }>()(none),
  'import.preview': method<{ items: ImportItem[]; problems: string[] }>()(
    z.strictObject({ source: importSource }),
  ),
  /**
   * Does it. One that cannot be imported does not keep the others back: it is told of in `failed`. Where none could be,
   * the first one's error is the answer.
   */
  'import.apply': method<{
    added: string[];
    overwritten: string[];
    skipped: string[];
    failed?: { key: string; name: string; error: Problem }[];
  }>()(
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
  /**
   * Understands a text as the import does, for a form that is about to be filled in: JSON of any client, TOML, YAML, a
   * command line, a URL, an install link. Saves nothing. What is answered is what was sent, secrets too.
   */
  'import.read': method<{
    servers: ReadServer[];
    problems: string[];
    kind: TextKind;
  }>()(z.strictObject({ text: z.string().max(5_000_000), fileName: z.string().max(1_000).optional() })),
  /** What an export would make of the client's file, secrets masked. Nothing is written. */
  'export.preview': method<{
    path: string;
    before: string;
    after: string;
    warnings: string[];
    /**
     * Entries of the file that Jackfield never wrote, and that would hold something else. Whoever asks a person shows
     * them first: `export.apply` replaces them.
     */
    replaces?: string[];
  }>()(z.strictObject(exportParams)),
  /**
   * Writes the servers into the client's file, after a backup. Refused with `consent_required` where an entry that
   * Jackfield wrote was changed since by the client or by hand, unless `export.preview` has shown that very change, or
   * `consent` holds `overwrite`.
   */
  'export.apply': method<{ path: string; backup?: string; warnings: string[] }>()(
    z.strictObject({ ...exportParams, consent: exportConsent }),
  ),
  /** What taking entries out of the client's file would make of it. */
  'export.removePreview': method<{ path: string; before: string; after: string; warnings: string[] }>()(
    z.strictObject(removeParams),
  ),
  /** Takes them out, after a backup. Names that are not there are passed over. Consent as for `export.apply`. */
  'export.remove': method<{ path: string; backup?: string; warnings: string[] }>()(
    z.strictObject({ ...removeParams, consent: exportConsent }),
  ),
  /** Backups of the client's file, newest first. */
  'export.backups': method<{ backups: ClientBackup[] }>()(z.strictObject({ client: clientWord })),
  /** What putting a backup back would make of the client's file. */
  'export.undoPreview': method<{ path: string; before: string; after: string; warnings: string[] }>()(
    z.strictObject({ client: clientWord, backup: z.string().min(1).max(4_096).optional() }),
  ),
  /**
   * Puts a backup back, byte for byte; without `backup` the newest, which undoes the last export. What stands in the
   * file now is kept as a backup first, so an undo can be undone too.
   */
  'export.undo': method<{ path: string; backup?: string; warnings: string[] }>()(
    z.strictObject({ client: clientWord, backup: z.string().min(1).max(4_096).optional() }),
  ),
};
