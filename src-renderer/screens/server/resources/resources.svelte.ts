import type { Problem } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';
import { resourceBlock, type Block } from '../content/content-block.js';
import { entriesOf, type Entry } from './entries.js';
import { expandTemplate } from './uri-template.js';

export type Reading = { uri: string; blocks?: Block[]; problem?: Problem; busy: boolean; tookMs?: number };

/** What a server offers to be read, and what was read of it last. */
export class Resources {
  entries = $state.raw<readonly Entry[]>();
  loading = $state(false);
  problem = $state.raw<Problem>();
  query = $state('');
  chosen = $state<string>();
  /** Values of a template's variables. */
  values = $state<Record<string, string>>({});
  reading = $state.raw<Reading>();
  /** One that is in no list: a tool's answer led to it. */
  #visited = $state.raw<Entry>();

  constructor(readonly serverId: string) {}

  get entry(): Entry | undefined {
    const known = this.entries?.find((entry) => entry.key === this.chosen);
    return known ?? (this.#visited?.key === this.chosen ? this.#visited : undefined);
  }

  /** Where the chosen one is to be read; a template with its variables filled in. */
  get address(): string | undefined {
    const { entry } = this;
    return entry && (entry.isTemplate ? expandTemplate(entry.uri, this.values) : entry.uri);
  }

  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      this.entries = entriesOf(await rpc.call('resource.list', { serverId: this.serverId }));
      this.problem = undefined;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.loading = false;
    }
  }

  /** Shows one, and reads it where no variable has to be filled in first. */
  choose(entry: Entry): void {
    if (this.chosen === entry.key) return;
    this.chosen = entry.key;
    this.values = {};
    this.reading = undefined;
    if (!entry.isTemplate) void this.read(entry.uri);
  }

  /** Shows what a link leads to, whether it is in the list or not. */
  visit(uri: string): void {
    const known = this.entries?.find((entry) => !entry.isTemplate && entry.uri === uri);
    this.#visited = known ?? { key: `visited ${uri}`, isTemplate: false, uri, name: uri };
    this.choose(this.#visited);
  }

  async read(uri: string): Promise<void> {
    const began = performance.now();
    this.reading = { uri, busy: true };
    const answer = await this.#ask(uri);
    // Another one was asked for meanwhile.
    if (this.reading?.uri !== uri) return;
    this.reading = { uri, busy: false, tookMs: performance.now() - began, ...answer };
  }

  async #ask(uri: string): Promise<{ blocks: Block[] } | { problem: Problem }> {
    try {
      const { contents } = await rpc.call('resource.read', { serverId: this.serverId, uri });
      return { blocks: contents.map(resourceBlock) };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  }
}
