import type { App } from '../../app.js';
import type { MethodInput, MethodName, MethodResult } from '../../contract/index.js';

/** The tray and the menus use the same door as the page: nothing here can do what the contract does not offer. */
export class LocalClient {
  #nextId = 1;

  constructor(private readonly app: Pick<App, 'rpc'>) {}

  /** @throws Error with the sentence that the contract's error carries */
  async call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    const answer = await this.app.rpc.receive({ jsonrpc: '2.0', id: this.#nextId++, method, params });
    if (!answer) throw new Error(`${method} was not answered.`);
    if (answer.error) throw new Error(answer.error.message);
    return answer.result as MethodResult<M>;
  }
}
