import type { Problem, Tool } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';
import { ArgumentDrafts } from './argument-drafts.js';
import { PolicyDesk } from './policy/policy-desk.svelte.js';
import { ToolCalls } from './tool-call.svelte.js';
import { ToolPolicyEditor } from './tool-policy.svelte.js';

/**
 * Everything that is under way with one server's tools. It outlives the tab: whoever looks into the log while a call
 * runs finds arguments, call and answer where they were.
 */
export class ToolDesk {
  /** What it offers, or last offered. Undefined until it was asked. */
  tools = $state.raw<readonly Tool[]>();
  loading = $state(false);
  problem = $state.raw<Problem>();
  query = $state('');
  chosen = $state<string>();
  /** Trying tools, or the table of what agents may do with them. */
  view = $state<'try' | 'rules'>('try');
  readonly calls: ToolCalls;
  readonly policy: ToolPolicyEditor;
  readonly drafts = new ArgumentDrafts();
  readonly table: PolicyDesk;

  constructor(readonly serverId: string) {
    this.calls = new ToolCalls(serverId);
    this.policy = new ToolPolicyEditor(serverId);
    this.table = new PolicyDesk(this);
  }

  get tool(): Tool | undefined {
    return this.tools?.find((tool) => tool.name === this.chosen);
  }

  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      const { tools } = await rpc.call('tool.list', { serverId: this.serverId });
      this.tools = tools;
      this.problem = undefined;
      if (!tools.some((tool) => tool.name === this.chosen)) this.chosen = tools[0]?.name;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.loading = false;
    }
  }
}
