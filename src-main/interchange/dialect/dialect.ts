import type { ServerInput, TransportType, Value } from '../../contract/index.js';
import type { PlainMap } from '../plain.js';
import type { References } from './references.js';

export type PatchableType = Exclude<TransportType, 'inprocess'>;

/** The keys an entry keeps its parts under; a part without a key is one the client does not know. */
export type Fields = {
  type?: string;
  command: string;
  args: string;
  env: string;
  cwd?: string;
  envFile?: string;
  url: string;
  headers?: string;
};

/** Lists of tool names: those that may run, those that may not, and those that run without asking. */
export type ToolLists = { allow?: string; deny?: string; autoApprove?: string };

export type EntryContext = {
  name: string;
  description: string;
  transport: PatchableType;
  before?: PlainMap | undefined;
};

/** How one client words an entry. Most differ from the common shape in a few words only. */
export type Dialect = {
  transports: readonly PatchableType[];
  fields: Fields;
  /** What stands under `fields.type` for each transport; a transport without a word has no type written. */
  typeWords: Partial<Record<PatchableType, string>>;
  /** What an entry with a URL and no type is. `by_path`: SSE where the path ends with /sse, else streamable HTTP. */
  bareUrl: 'streamable_http' | 'sse' | 'by_path';
  /** How a value can point at a secret instead of holding it. */
  references: References;
  /** The same for headers, where they are treated differently. */
  headerReferences?: References;
  /** The switch of an entry that is off: `disabled: true`, `enabled: false`. */
  off?: { key: string; value: boolean };
  tools?: ToolLists;
  /** Reaches a server that the client has no transport for through `npx mcp-remote`. */
  bridge?: boolean;
  /** On Windows the client starts commands without a shell, so scripts such as npx need `cmd /c` before them. */
  wrapsScriptsOnWindows?: boolean;
  /** Turns an entry into one of the common shape before it is read. */
  toCommon?(entry: PlainMap): PlainMap;
  /** The way back. `before` is the entry as it stands in the file, where there is one. */
  fromCommon?(entry: PlainMap, context: EntryContext): PlainMap;
  /** `$NAME` alone stands for an environment variable too. */
  dollarNames?: boolean;
  /** Entries that are no servers of ours to see: what the client brings itself, or got from a plug-in. */
  ignores?(entry: PlainMap): boolean;
};

/** What an entry says, in our terms. */
export type ReadEntry = {
  transport: ServerInput['transport'];
  tools?: ServerInput['tools'];
  description?: string;
  /** Switched off in the client. */
  off: boolean;
  warnings: string[];
};

/** The program or the address of a server. */
export type Launch =
  | { type: 'stdio'; command: string; args: string[]; cwd?: string | undefined; envFile?: string | undefined }
  | { type: 'sse' | 'streamable_http'; url: string };

/** What is to be written of a server, before the client's words for it. `values` are env or headers. */
export type Wanted = { launch: Launch; values: Map<string, Value> };

/** The shape Claude Desktop began and most others took over; pass what differs. */
export function commonDialect(
  differences: Partial<Omit<Dialect, 'fields'>> & { fields?: Partial<Fields> },
): Dialect {
  const { fields, ...rest } = differences;
  return {
    transports: ['stdio', 'sse', 'streamable_http'],
    typeWords: {},
    bareUrl: 'by_path',
    references: {},
    ...rest,
    fields: { command: 'command', args: 'args', env: 'env', url: 'url', headers: 'headers', ...fields },
  };
}
