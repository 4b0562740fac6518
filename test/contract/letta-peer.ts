import type { RemoteInput } from '../../src-main/contract/index.js';

/** What a Letta server means by one row, read without the app's own code. */
export type Held = {
  server_name: string;
  server_type: 'stdio' | 'sse' | 'streamable_http';
  server_url?: string | null;
  /** Those it sends when it connects. */
  headers?: Record<string, string>;
  command?: string | undefined;
  args?: string[] | undefined;
  env?: Record<string, string>;
};

/** A Letta server under test: a fake whose memory is looked into, or a real one that is asked by plain requests. */
export type LettaPeer = {
  /** How to connect to it. */
  remote: Pick<RemoteInput, 'baseUrl' | 'auth'>;
  profile: string;
  /** Every name that the suite gives begins so. */
  prefix: string;
  proxy?: string;
  /** `undefined`: there is no row of this id. */
  held(id: string | undefined): Promise<Held | undefined>;
  /** All rows that are not the suite's own, as they stand. */
  others(): Promise<unknown>;
  /** The id of the row of a name. */
  idOf(name: string): Promise<string | undefined>;
  /** Somebody enters a token in Letta's own editor. @returns false where that cannot be brought about */
  enterToken(id: string, token: string): Promise<boolean>;
  /** Somebody deletes it there. */
  drop(id: string): Promise<void>;
  /** How many requests so far were no GET. */
  writes(): number;
  /** What a fake alone shows of a row: the name inside a stdio config, the token of its column. */
  inside?(id: string): { nameInConfig?: string | undefined; token: string | null };
  /** A local command that offers tools, and their names; where it has none at hand the tools are not looked at. */
  tooled?: { command: string; args: string[]; tools: string[] };
  /** Removes what the suite left. */
  close(): Promise<void>;
};
