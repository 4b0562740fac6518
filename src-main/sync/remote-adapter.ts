import type { LinkTools, Problem, RemoteKind, Server, ToolRefresh } from '../contract/index.js';
import type { LocalCells, RemoteCells } from './cells.js';
import type { FieldDifference, Redaction } from './three-way.js';

/** One server as a remote holds it. */
export type Entry = {
  id: string;
  name: string;
  /** The remote's own word where the app has none for it. */
  transportType: string;
  cells: RemoteCells;
  /** The remote's own word for its health, where it has one. */
  state?: string;
  toolCount?: number;
  warnings: string[];
  /** As it was answered; only the adapter that read it looks inside. */
  raw: unknown;
};

export type Inventory = {
  entries: Map<string, Entry>;
  /** False: there may be more entries than these, so a name that is not here may be taken all the same. */
  isComplete: boolean;
  warnings: string[];
};

/** What of a server a remote can hold, in the server's own words, and what not. */
export type Projection = {
  cells: LocalCells;
  /** Lost on the way; the rest can be synced. */
  losses: { field: string; reason: string }[];
  warnings: string[];
  /** Fields the remote gives out by itself where the server names none: not compared. */
  ignores: string[];
  /** Reasons why this remote cannot hold the server at all. */
  blocks: string[];
  /** Blocks too, until a person says that this computer's side counts all the same. */
  doubts: string[];
};

export type ProjectOptions = {
  /** The name the entry shall have there. */
  name: string;
  /** Field → what the remote resolves by itself (`env.NAME`, `{{VAR}}`), sent instead of the value. */
  references: Record<string, string>;
  /** The entry exists already: what only concerns creating is passed over. */
  exists: boolean;
};

/** What shall stand on the remote: every cell's value is known, or it is `kept`. */
export type Desired = {
  name: string;
  cells: LocalCells;
  /** For a sign-in that the remote runs by itself. */
  oauth?: Record<string, unknown>;
};

export type Probe = { profile: string; version?: string; problems: Problem[] };

/** A sign-in that a person must give in a browser before the remote makes the entry. */
export type PendingSignIn = { statusPath: string; completePath: string; expiresAt: string };
export type SignIn = PendingSignIn & { url: string };

/** One kind of remote. All methods throw `RemoteFailure`; none retries. */
export interface RemoteAdapter {
  readonly kind: RemoteKind;
  readonly profile: string;
  readonly redact: Redaction;

  /** Finds out what it talks to; never writes. Problems that do not stop it are listed, others are thrown. */
  probe(): Promise<Probe>;
  /** Everything the remote holds. `known`: ids that are wanted even where a list would be cut short. */
  inventory(known: readonly string[]): Promise<Inventory>;
  /** One entry as it is now. */
  read(id: string): Promise<Entry | undefined>;

  /** A name this remote allows, as close as can be to the wanted one; `undefined`: there is none. */
  lawfulName(wanted: string): string | undefined;
  project(server: Server, options: ProjectOptions): Projection;
  /** Why these changes cannot be made in place; `undefined`: they can. */
  replaceReason(changes: readonly FieldDifference[], entry: Entry, desired: Desired): string | undefined;
  /** Why this edit cannot be written although it could be held; `undefined`: it can. */
  editBlock(changes: readonly FieldDifference[], entry: Entry, desired: Desired): string | undefined;

  /** The id a new entry gets, where the client may choose it. */
  newId(): string | undefined;
  create(desired: Desired, id: string | undefined): Promise<{ id?: string; signIn?: SignIn }>;
  update(entry: Entry, desired: Desired, changes: readonly FieldDifference[]): Promise<void>;
  /** What an entry has that is not the app's and that deleting it would lose. JSON, without secrets. */
  belongings(entry: Entry): Record<string, unknown> | undefined;
  giveBack(id: string, desired: Desired, belongings: Record<string, unknown>): Promise<void>;
  /**
   * Makes a deleted entry again as it was. `before`: what the app knows of it, where the entry does not show it all.
   * @returns the new id; `undefined` where too little is known
   */
  putBack(entry: Entry, before: Desired | undefined): Promise<string | undefined>;
  /** Also done when it is gone already. */
  remove(id: string): Promise<void>;

  tools(entry: Entry): Promise<LinkTools>;
  refreshTools(entry: Entry): Promise<ToolRefresh>;
  /** Begins a sign-in for an entry that is there. @throws AppError unsupported */
  reauthorize(entry: Entry): Promise<SignIn>;
  signInState(signIn: PendingSignIn): Promise<'pending' | 'authorized' | 'ended'>;
  completeSignIn(signIn: PendingSignIn): Promise<void>;
}
