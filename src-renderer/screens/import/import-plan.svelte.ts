import type { FoundClient, ImportItem, MethodInput, MethodResult } from '../../../src-main/contract/index.js';
import { rpc } from '../../rpc/client.js';
import { Action } from '../../state/action.svelte.js';

export type Source = MethodInput<'import.preview'>['source'];
export type Choice = 'add' | 'overwrite' | 'rename' | 'skip';
type Chosen = { action: Choice; newName: string; secretPaths: readonly string[] };

/** What the host proposes for an item. One that is here already in the same form has nothing to be imported. */
const proposed = (item: ImportItem): Choice => (item.action === 'same' ? 'skip' : item.action);

/** The way from a source to imported servers: choose it, look at the plan, change it, do it. */
export class ImportPlan {
  clients = $state.raw<FoundClient[]>();
  source = $state.raw<Source>();
  /** What is read now, or was read last. */
  asked = $state.raw<Source>();
  /** The source in words: a client's title, a file's name. */
  sourceTitle = $state('');
  items = $state.raw<ImportItem[]>([]);
  problems = $state.raw<string[]>([]);
  done = $state.raw<MethodResult<'import.apply'>>();
  #chosen = $state.raw<Readonly<Record<string, Chosen>>>({});

  readonly scanning = new Action(async () => {
    this.clients = (await rpc.call('import.scan')).clients;
  });
  readonly previewing = new Action((source: Source, title: string) => this.#preview(source, title));
  readonly applying = new Action(() => this.#apply());

  readonly count: number = $derived(
    this.items.filter((item) => this.choiceOf(item).action !== 'skip').length,
  );

  /** Worth saying of each item where it is from. */
  readonly hasSeveralSources: boolean = $derived(
    this.items.some(({ source }) => source !== this.items[0]?.source),
  );

  choiceOf(item: ImportItem): Chosen {
    return (
      this.#chosen[item.key] ?? {
        action: proposed(item),
        newName: item.newName ?? `${item.name} 2`,
        secretPaths: item.secretPaths,
      }
    );
  }

  choose(item: ImportItem, change: Partial<Chosen>): void {
    this.#chosen = { ...this.#chosen, [item.key]: { ...this.choiceOf(item), ...change } };
  }

  toggleSecret(item: ImportItem, path: string): void {
    const { secretPaths } = this.choiceOf(item);
    const others = secretPaths.filter((other) => other !== path);
    this.choose(item, { secretPaths: others.length < secretPaths.length ? others : [...secretPaths, path] });
  }

  back(): void {
    this.source = undefined;
    this.items = [];
    this.problems = [];
    this.done = undefined;
    this.previewing.clear();
    this.applying.clear();
  }

  async #preview(source: Source, title: string): Promise<void> {
    this.asked = source;
    const { items, problems } = await rpc.call('import.preview', { source });
    this.source = source;
    this.sourceTitle = title;
    this.items = items;
    this.problems = problems;
    this.#chosen = {};
    this.done = undefined;
  }

  async #apply(): Promise<void> {
    if (!this.source) return;
    const choices = Object.fromEntries(
      this.items.map((item) => {
        const { action, newName, secretPaths } = this.choiceOf(item);
        const name = action === 'rename' ? { newName } : {};
        return [item.key, { action, ...name, secretPaths: [...secretPaths] }];
      }),
    );
    this.done = await rpc.call('import.apply', { source: this.source, choices });
  }
}
