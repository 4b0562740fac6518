import type { Answer, RecordedRequest, RunningFake, ServeOptions } from '../support/fake-server.js';
import { serve } from '../support/fake-server.js';
import { LettaBackend } from './backend.js';
import type { Row } from './rows.js';

export { effectiveHeaders, type Row } from './rows.js';

export type FakeLettaOptions = ServeOptions & {
  /** Any of 0.12 … 0.16.8, or `cloud`. What follows from the version is worked out; the options below override it. */
  version?: string;
  /** `MCP_DISABLE_STDIO=false`. Off from 0.16.4 on and in the cloud, as upstream ships it. */
  stdio?: boolean;
  /** Refuses private URLs; on from 0.16.7. */
  guard?: boolean;
  /** `LETTA_SERVER_SECURE` with this password; in the cloud: the API key. */
  password?: string;
  /** The most rows a list holds. */
  listLimit?: number;
  /** What connecting to an MCP server finds. */
  tools?: (row: Row) => string[];
  /** Why it cannot connect to an MCP server; `undefined` where it can. */
  unreachable?: (row: Row) => string | undefined;
};

export type FakeLetta = RunningFake & {
  readonly state: {
    /** What is stored, oldest first. Change it freely: that is how a test edits behind the client's back. */
    readonly rows: Row[];
    find(name: string): Row | undefined;
  };
};

/** A Letta server as strict and as forgetful as the real one of that version. */
export async function startFakeLetta(options: FakeLettaOptions = {}): Promise<FakeLetta> {
  const backend = new LettaBackend(options);
  const running = await serve(backend, options);
  const state = {
    get rows() {
      return backend.rows;
    },
    find: (name: string) => backend.rows.find((row) => row.server_name === name),
  };
  return Object.defineProperties(
    { state } as unknown as FakeLetta,
    Object.getOwnPropertyDescriptors(running),
  );
}

export type { Answer, RecordedRequest };
