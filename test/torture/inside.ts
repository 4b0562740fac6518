import type { JSONRPCResponse } from 'json-rpc-2.0';
import { App } from '../../src-main/app.js';
import type { MethodInput, MethodName, MethodResult } from '../../src-main/contract/index.js';
import { launchNodeHelper } from '../../src-main/vault/node-helper.js';
import { withKeychainFaults } from './faults.js';
import type { Plan } from './plan.js';

/** What the app answered instead of doing what it was asked. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    message: string,
    readonly code: string,
    /** The app meant to say so; otherwise it met a fault of its own. */
    readonly isMeant: boolean,
  ) {
    super(message);
  }
}

export type Call = <M extends MethodName>(method: M, params: MethodInput<M>) => Promise<MethodResult<M>>;

const APP_ERROR = -32000;

/** The app, opened as a host opens it and asked as its window asks, but without a wire in between. */
export async function openInside(
  { dataDir, helper, fault }: Plan,
  onFault: (what: string, error: string) => void,
): Promise<{ call: Call; close: () => Promise<void> }> {
  const app = await App.open({
    host: 'browser',
    version: '0.0.0',
    dataDir,
    programs: { sampleServer: '', resultJudge: '' },
    onFault,
    launchHelper: withKeychainFaults(() => launchNodeHelper(helper), fault),
  });
  let id = 0;
  const call: Call = async (method, params) => {
    id += 1;
    const response = (await app.rpc.receive({ jsonrpc: '2.0', id, method, params })) as JSONRPCResponse;
    const { result, error } = response;
    if (!error) return result as MethodResult<typeof method>;
    const { code } = error.data as { code: string };
    throw new Refused(`${method}: ${error.message}`, code, error.code === APP_ERROR && code !== 'invalid');
  };
  return { call, close: () => app.close() };
}
