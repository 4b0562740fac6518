import { serve, type RunningFake, type ServeOptions } from '../support/fake-server.js';
import { BifrostBackend } from './backend.js';
import type { Client } from './clients.js';

export type { Client, VkConfig } from './clients.js';
export { redact } from './redaction.js';

export type BifrostVersion = '1.3' | '1.4' | '1.5' | '1.6' | '2.2';

export type FakeBifrostOptions = ServeOptions & {
  version?: BifrostVersion;
  /** The dashboard's admin: `/api/*` then asks for Basic, or for the token that a login answers. */
  admin?: { username: string; password: string };
  /** Takes the session's token alone, no Basic. */
  sessionOnly?: boolean;
  /** An enterprise management key, as Bearer. */
  apiKey?: string;
  /** 2.x before the first admin: every call needs this token; `null`: none is configured and all is refused. */
  setupToken?: string | null;
  /** `config_store.enabled: false`: an empty list, and 503 on writes. */
  store?: boolean;
  /** The gateway's own environment. */
  environment?: Record<string, string>;
  /** `K=V` in envs, since May 2026; before, entries are names that must be set on the gateway. */
  envAssignments?: boolean;
  /** 2.x without login: strangers may register public HTTP servers only. */
  guard?: boolean;
  /** 1.4.4: headers and auth_type of a PUT are dropped under a 200 (issue #1560). */
  dropsHeaders?: boolean;
  /** Why connecting fails; `undefined` where it does not. */
  connect?: (client: Client) => string | undefined;
  tools?: (client: Client) => string[];
};

export type FakeBifrost = RunningFake & {
  readonly state: {
    /** What is stored, secrets in clear. Change it freely: that is how a test edits behind the client's back. */
    readonly clients: Client[];
    find(name: string): Client | undefined;
    /** Plays the person who signs in at the OAuth provider. */
    authorize(oauthConfigId: string): void;
    expire(oauthConfigId: string): void;
  };
};

/** A Bifrost gateway as strict and as silent as the real one of that version; 1.4 unless told otherwise. */
export async function startFakeBifrost(options: FakeBifrostOptions = {}): Promise<FakeBifrost> {
  const backend = new BifrostBackend(options);
  const running = await serve(backend, options);
  const state = {
    get clients() {
      return backend.clients;
    },
    find: (name: string) => backend.clients.find((client) => client.name === name),
    authorize: (id: string) => backend.oauth.settle(id, 'authorized'),
    expire: (id: string) => backend.oauth.settle(id, 'expired'),
  };
  return Object.defineProperties(
    { state } as unknown as FakeBifrost,
    Object.getOwnPropertyDescriptors(running),
  );
}
