import { z } from 'zod';
import { httpUrl, noNul } from './rules.js';
import { savedCallsSchema } from './saved-call.js';

const wholeNumber = (least: number, most: number) => z.number().int().min(least).max(most);

const columnKeys = z.array(noNul.min(1).max(200)).max(2_000).default([]);
const bayLook = {
  groupBy: z.enum(['none', 'tag']).default('none'),
  /** Columns taken out of sight, by key: `remote:<id>`, `client:<word>`. */
  hidden: columnKeys,
  /** Columns that are out of sight unless they are named here: clients without a file, and projects' files. */
  shown: columnKeys,
};

/** What the patch bay shows, under a name. */
export const bayViewSchema = z.strictObject({
  name: noNul.min(1).max(200),
  query: noNul.max(1_000).default(''),
  ...bayLook,
});
export type BayView = z.output<typeof bayViewSchema>;

/** Everything a person sets for the whole app. Each field has a default, so `{}` is a valid file of an older version. */
export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** What the window speaks. `system`: the first of the system's languages that it knows, else English. */
  language: z.enum(['system', 'en', 'de']).default('system'),
  /** `session`: values live in the host's memory until it ends and are never written. */
  secretStorage: z.enum(['keychain', 'session']).default('keychain'),
  startAtLogin: z.boolean().default(false),
  /** Keep servers running in the tray after the window is closed. */
  keepRunning: z.boolean().default(false),
  /** Size of one server's log file before it is rotated; three are kept. */
  logLimitMb: wholeNumber(1, 1_000).default(10),
  /** For HTTP servers and remotes. Empty: a direct connection. */
  proxy: z.union([z.literal(''), httpUrl]).default(''),
  /** A PEM file of extra certificate authorities. */
  caFile: noNul.max(4_096).default(''),
  /** Folders told to servers as MCP roots. */
  roots: z.array(noNul.min(1).max(4_096)).max(100).default([]),
  /** Start `npx` servers that are in npx's cache without the wrapper, and known `uvx` servers without asking the index. */
  fastLaunch: z.boolean().default(true),
  /** Give Node servers a V8 compile cache in the app's cache folder. */
  compileCache: z.boolean().default(true),
  /** Ask remotes now and then whether something changed there. */
  watchRemotes: z.boolean().default(true),
  /** Say so when somebody else changed there what is patched from here. */
  tellOfDrift: z.boolean().default(true),
  updateChannel: z.enum(['stable', 'beta']).default('stable'),
  checkForUpdates: z.boolean().default(false),
  savedCalls: savedCallsSchema.default({}),
  patchBay: z.strictObject({ ...bayLook, views: z.array(bayViewSchema).max(100).default([]) }).prefault({}),
});
export type Settings = z.output<typeof settingsSchema>;

/** A patch of settings: any field, in the shape it has above; `null` puts the default back. */
export const settingsPatchSchema = z.record(z.string(), z.unknown());
