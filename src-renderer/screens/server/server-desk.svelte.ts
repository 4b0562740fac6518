import { SvelteMap } from 'svelte/reactivity';
import { ConfigureState } from './configure/configure-state.svelte.js';
import { Prompts } from './prompts/prompts.svelte.js';
import { Resources } from './resources/resources.svelte.js';
import { ToolDesk } from './tools/tool-desk.svelte.js';

/**
 * What a person has under way with one server: unsaved edits, arguments being filled in, calls and their answers. It
 * outlives the page, so that looking something up elsewhere costs nothing; it ends with the window.
 */
export class ServerDesk {
  readonly tools: ToolDesk;
  readonly resources: Resources;
  readonly prompts: Prompts;
  readonly configure: ConfigureState;

  constructor(readonly serverId: string) {
    this.tools = new ToolDesk(serverId);
    this.resources = new Resources(serverId);
    this.prompts = new Prompts(serverId);
    this.configure = new ConfigureState(serverId);
  }
}

class Desks {
  readonly #desks = new SvelteMap<string, ServerDesk>();

  of(serverId: string): ServerDesk {
    const known = this.#desks.get(serverId);
    if (known) return known;
    const desk = new ServerDesk(serverId);
    this.#desks.set(serverId, desk);
    return desk;
  }

  /** Some server has edits that were not saved. */
  get unsaved(): boolean {
    return [...this.#desks.values()].some((desk) => desk.configure.dirty);
  }

  clear(): void {
    this.#desks.clear();
  }
}

export const desks = new Desks();
