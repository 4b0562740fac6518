import { untrack, type Component } from 'svelte';
import type { RunState } from '../../src-main/contract/index.js';

/** One thing that can be done from the palette, and by its shortcut where it has one. */
export type Command = {
  id: string;
  title: string;
  group: string;
  /** More words it is found by. */
  keywords?: string[];
  /** `mod+n`, `?`, `/`, or two keys after one another: `g p`. `mod` is Cmd on a Mac and Ctrl elsewhere. */
  shortcut?: string;
  icon?: Component<{ size?: number | string }>;
  /** In the place of an icon: how the server does. */
  light?: RunState;
  /** A word at the end of the row: what it is, or its state. */
  note?: string;
  run: () => void;
  /** Its key belongs to whoever types, and to what lies over the screen, even with Ctrl or Cmd. */
  notWhileTyping?: boolean;
  /** Known by its key alone (`/`, Esc): in the sheet of keys, not in the palette. */
  keyOnly?: boolean;
};

/** Every command there is right now. A screen adds its own while it is shown. */
class Commands {
  #sources = $state.raw<(() => Command[])[]>([]);
  /** What the palette is asked for. Sources may offer more of what is named. */
  search = $state('');
  readonly words: readonly string[] = $derived(this.search.toLowerCase().split(/\s+/).filter(Boolean));
  readonly all: Command[] = $derived(this.#sources.flatMap((source) => source()));

  /**
   * Adds commands for as long as the calling component lives. `source` is read reactively:
   * `commands.use(() => servers.map(toCommand))`.
   */
  use(source: () => Command[]): void {
    $effect(() => untrack(() => this.add(source)));
  }

  add(source: () => Command[]): () => void {
    this.#sources = [...this.#sources, source];
    return () => {
      this.#sources = this.#sources.filter((other) => other !== source);
    };
  }
}

export const commands = new Commands();
