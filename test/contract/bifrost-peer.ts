import type { RemoteInput } from '../../src-main/contract/index.js';

/** One MCP client of a gateway. A fake shows all of it in clear; a real one as far as its list does. */
export type Held = {
  client_id: string;
  name: string;
  connection_type: string;
  connection_string: string | null;
  stdio_config: { command: string; args: string[]; envs: string[] } | null;
  auth_type: string;
  headers: Record<string, string>;
  tools_to_execute: string[];
  tools_to_auto_execute: string[];
  is_code_mode_client: boolean;
  tool_pricing: Record<string, number>;
  [others: string]: unknown;
};

export type UrlType = 'sse' | 'streamable_http';

/** What a gateway can do, known before anything runs: it decides what is tried. */
export type BifrostTraits = {
  profile: string;
  authType: boolean;
  pricing: boolean;
  /** Type, URL, command and kind of auth cannot be changed in place. */
  immutable: boolean;
  /** `envs` takes values, not names alone. */
  env: boolean;
  /** It can be given a local command. */
  stdio: boolean;
  /** The kinds of URL for which there is a server that it can reach. */
  types: readonly UrlType[];
};

/** A gateway under test: a fake whose memory is looked into, or a real one that is asked by plain requests. */
export type BifrostPeer = {
  /** How to connect to it. */
  remote: Pick<RemoteInput, 'baseUrl' | 'auth'>;
  /** Every name that the suite gives begins so. */
  prefix: string;
  /** Two addresses of each kind at which the gateway finds a server; both are shown alike where URLs are redacted. */
  urls: Record<UrlType, readonly [string, string]>;
  /** Two local commands that speak MCP whatever arguments they are given. */
  commands: readonly [string, string];
  /** Two variables; where only names are taken, they are set on the gateway. */
  variables: readonly [string, string];
  /** `undefined`: there is no client of this id. */
  held(id: string | undefined): Promise<Held | undefined>;
  /** The same fields as `held` shows them when they are stored. */
  shown(fields: Partial<Held>): Partial<Held>;
  /** All clients that are not the suite's own, and its bystander, as they stand. */
  others(): Promise<unknown>;
  /** How many requests so far were no GET. */
  writes(): number;
  /** Removes what the suite left. */
  close(): Promise<void>;
};
