import type { Problem } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';
import { catalog } from '../../../state/catalog.svelte.js';
import type { Lists } from './tool-lists.js';

type Policy = { execute: string[]; autoExecute: string[]; pricing: Record<string, number> };
type Change = (policy: Policy) => { lists?: Lists; pricing?: Record<string, number | null> };

const NONE: Policy = { execute: [], autoExecute: [], pricing: {} };

/**
 * Edits a server's tool lists one switch at a time. A switch shows its new place at once; the edits are saved one after
 * the other, each made on what the one before left, and a refused one goes back and says why.
 */
export class ToolPolicyEditor {
  problem = $state.raw<Problem>();
  #ahead = $state.raw<Policy>();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(readonly serverId: string) {}

  get policy(): Policy {
    return this.#ahead ?? catalog.server(this.serverId)?.tools ?? NONE;
  }

  change(change: Change): Promise<void> {
    this.#ahead = apply(this.policy, change);
    this.#waiting += 1;
    this.#queue = this.#queue.then(() => this.#save(change));
    return this.#queue;
  }

  async #save(change: Change): Promise<void> {
    try {
      const server = catalog.server(this.serverId);
      if (!server) return;
      const { lists, pricing } = change(server.tools);
      const patch = { tools: { ...lists, ...(pricing && { pricing }) } };
      const answer = await rpc.call('server.update', { id: this.serverId, patch, revision: server.revision });
      catalog.change({ servers: [answer.server] });
      this.problem = undefined;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#ahead = undefined;
    }
  }
}

function apply(policy: Policy, change: Change): Policy {
  const { lists, pricing } = change(policy);
  const prices = Object.entries({ ...policy.pricing, ...pricing }).filter(
    (entry): entry is [string, number] => entry[1] !== null,
  );
  return { ...policy, ...lists, pricing: Object.fromEntries(prices) };
}
