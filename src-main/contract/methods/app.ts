import { z } from 'zod';
import type { Activity, Notice, Question } from '../notifications.js';
import type { Link, Remote } from '../remote.js';
import type { Run } from '../run.js';
import type { Server } from '../server.js';
import { settingsPatchSchema, type Settings } from '../settings.js';
import { method } from './define.js';
import { none } from './params.js';

export type KeychainStatus = { available: boolean; reason?: string; hint?: string };

export type AppInfo = {
  version: string;
  /** `cli`: opened by one command, for as long as that takes. */
  host: 'desktop' | 'browser' | 'cli';
  platform: string;
  dataDir: string;
  keychain: KeychainStatus;
};

export type Snapshot = {
  servers: Server[];
  remotes: Remote[];
  links: Link[];
  runs: Run[];
  settings: Settings;
  notices: Notice[];
  questions: Question[];
  /** Session secrets that are referred to but were lost when the host ended; their owners ask for them again. */
  lostSecrets: string[];
};

export const appMethods = {
  'app.info': method<AppInfo>()(none),
  'app.snapshot': method<Snapshot>()(none),
  'notice.dismiss': method<Record<string, never>>()(z.strictObject({ id: z.string() })),
  'settings.update': method<{ settings: Settings }>()(z.strictObject({ patch: settingsPatchSchema })),
  /** Newest first. */
  'activity.list': method<{ entries: Activity[] }>()(
    z.strictObject({
      before: z.number().int().optional(),
      limit: z.number().int().min(1).max(1_000).default(200),
    }),
  ),
  /** Puts a secret on the OS clipboard from the main process and takes it off again after 30 s. */
  'secret.copy': method<{ clearsInMs: number }>()(z.strictObject({ id: z.string() })),
  /** A server made for trying things: it runs offline, with nothing to install. */
  'sample.create': method<{ server: Server }>()(none),
};
