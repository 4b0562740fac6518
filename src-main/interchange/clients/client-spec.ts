import type { FormatName } from '../formats/format.js';
import type { Dialect } from '../dialect/dialect.js';
import type { PlainMap, PlainPath } from '../plain.js';

/** Whose computer it is. Everything a path depends on; nothing is read from the process itself. */
export type Place = { platform: NodeJS.Platform; home: string; env: NodeJS.ProcessEnv };

/** `id` tells branches of one file apart, whatever their order. */
export type Branch = { id: string; title: string; at: PlainPath };

/** What is known of one AI client's config file: where it is, how it is written, what it can hold. */
export type ClientSpec = {
  /** The word `import.*` and `export.*` know it by. */
  word: string;
  title: string;
  /** Where these facts are written down. */
  source: string;
  /** What was read there: the client's version, the day its page was read, or the commit of its code or its page. */
  seen: string;
  /** Where the file may be: the first that exists is the one, else the last would be made. */
  paths(place: Place): string[];
  /** Set where the file belongs to a project: its path inside the project's folder, in place of `paths`. */
  inProject?: string;
  format: FormatName;
  /** Where in the file the servers are; a function where versions of the client differ. */
  serversAt: PlainPath | ((root: PlainMap) => PlainPath);
  /** Several places in one file, each a column of its own: the servers of one agent, or of one folder. */
  branches?(root: PlainMap): Branch[];
  /** What a file that is not there yet needs besides servers. */
  skeleton?: Readonly<Record<string, string>>;
  /** `map`: name → entry. `list`: entries that carry their name under `name`. */
  layout: 'map' | 'list';
  dialect: Dialect;
  /**
   * Names the client accepts; characters outside become `-` or `_`. Without it, any. `spelt` is what the client makes of
   * a name before that.
   */
  names?: { allowed: RegExp; filler: '-' | '_'; spelt?: (name: string) => string };
  /** How a secret stands in the file, in words, where `dialect.references` does not show it. */
  secretsAs?: string;
  /** What a person has to do for the client to see a change. */
  afterwards?: string;
};
