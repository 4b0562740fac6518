import type { Problem } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';
import { messageOf, promptOf, type Message, type Prompt } from './prompt-shapes.js';

export type PromptAnswer = { description?: string; messages: Message[]; raw: unknown; tookMs: number };

/** The prompts of one server, and what was asked of them last. */
export class Prompts {
  list = $state.raw<readonly Prompt[]>();
  loading = $state(false);
  problem = $state.raw<Problem>();
  query = $state('');
  chosen = $state<string>();
  /** Prompt → argument → text. */
  values = $state<Record<string, Record<string, string>>>({});
  answer = $state.raw<PromptAnswer>();
  asking = $state(false);
  askProblem = $state.raw<Problem>();

  constructor(readonly serverId: string) {}

  get prompt(): Prompt | undefined {
    return this.list?.find((prompt) => prompt.name === this.chosen);
  }

  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      const { prompts } = await rpc.call('prompt.list', { serverId: this.serverId });
      this.list = prompts.flatMap(promptOf);
      this.problem = undefined;
      if (!this.prompt) this.choose(this.list[0]?.name);
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.loading = false;
    }
  }

  choose(name: string | undefined): void {
    if (this.chosen === name) return;
    this.chosen = name;
    this.answer = undefined;
    this.askProblem = undefined;
    if (name !== undefined) this.values[name] ??= {};
  }

  /** Asks for the messages of a prompt. An argument that was left empty is left out. */
  async get(prompt: Prompt): Promise<void> {
    this.asking = true;
    this.askProblem = undefined;
    const began = performance.now();
    try {
      const filled = Object.entries(this.values[prompt.name] ?? {}).filter(([, value]) => value !== '');
      const request = { serverId: this.serverId, name: prompt.name, arguments: Object.fromEntries(filled) };
      const raw = await rpc.call('prompt.get', request);
      if (this.chosen !== prompt.name) return;
      this.answer = {
        ...(raw.description !== undefined && { description: raw.description }),
        messages: raw.messages.map(messageOf),
        raw,
        tookMs: performance.now() - began,
      };
    } catch (error) {
      this.answer = undefined;
      this.askProblem = problemOf(error);
    } finally {
      this.asking = false;
    }
  }
}
