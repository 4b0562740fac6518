import type { Tool } from '../../../../src-main/contract/index.js';
import { ArgumentDraft } from './argument-draft.svelte.js';

/** The arguments being filled in for each tool of a server. Not reactive itself: a draft is made once and stays. */
export class ArgumentDrafts {
  readonly #drafts = new Map<string, { schema: string; draft: ArgumentDraft }>();

  /** A changed schema begins anew, with what was filled in so far. */
  of(tool: Tool): ArgumentDraft {
    const schema = JSON.stringify(tool.inputSchema);
    const known = this.#drafts.get(tool.name);
    if (known?.schema === schema) return known.draft;
    const draft = new ArgumentDraft(tool.inputSchema);
    if (known) draft.edit({ ...draft.value, ...known.draft.value });
    this.#drafts.set(tool.name, { schema, draft });
    return draft;
  }
}
