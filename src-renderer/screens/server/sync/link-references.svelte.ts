import type { Link, RemoteKind, Server } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { Action } from '../../../state/action.svelte.js';
import { catalog } from '../../../state/catalog.svelte.js';

/** A field whose value a remote can fill in by itself. */
export type ReferableField = { path: string; label: string; isSecret: boolean };

/** Headers and tokens of both kinds; of Bifrost the URL too. Neither looks into a local command's environment. */
export function referableFields({ transport }: Server, kind: RemoteKind): ReferableField[] {
  if (transport.type !== 'sse' && transport.type !== 'streamable_http') return [];
  const fields = Object.entries(transport.headers).map(([name, value]) => ({
    path: `transport.headers.${name}`,
    label: name,
    isSecret: typeof value === 'object',
  }));
  if (transport.auth.type === 'header')
    fields.push({
      path: 'transport.auth.token',
      label: transport.auth.header,
      isSecret: typeof transport.auth.token === 'object',
    });
  return kind === 'bifrost' ? [{ path: 'transport.url', label: 'URL', isSecret: false }, ...fields] : fields;
}

const LETTA = /\{\{\s*[A-Z_][A-Z0-9_]*\s*(?:\|[^{}]*)?\}\}/;
const BIFROST = /^(?:env|vault)\.\S+$/;

/** What is wrong with a reference; undefined where nothing is. */
export function referenceFault(kind: RemoteKind, text: string): string | undefined {
  if (kind === 'letta')
    return LETTA.test(text)
      ? undefined
      : 'Letta fills in {{NAME}}, in capitals; {{NAME | default}} also before an agent has a value.';
  return BIFROST.test(text)
    ? undefined
    : 'Bifrost fills in env.NAME or vault.NAME, and nothing else beside it.';
}

/** Which values of one link the remote fills in by itself, while that is chosen. */
export class LinkReferences {
  texts = $state.raw<Readonly<Record<string, string>>>({});
  readonly saving = new Action(() => this.#save());

  constructor(
    readonly linkId: string,
    readonly kind: RemoteKind,
    before: Link['references'],
  ) {
    this.texts = { ...before };
  }

  readonly faults: Readonly<Record<string, string>> = $derived(
    Object.fromEntries(
      Object.entries(this.texts).flatMap(([path, text]) => {
        const fault = referenceFault(this.kind, text);
        return fault === undefined ? [] : [[path, fault]];
      }),
    ),
  );

  isChosen(path: string): boolean {
    return path in this.texts;
  }

  choose(path: string, isReference: boolean, suggestion: string): void {
    const { [path]: _before, ...others } = this.texts;
    this.texts = isReference ? { ...others, [path]: suggestion } : others;
  }

  write(path: string, text: string): void {
    this.texts = { ...this.texts, [path]: text };
  }

  async #save(): Promise<true> {
    const { link } = await rpc.call('link.references', { id: this.linkId, references: { ...this.texts } });
    catalog.change({ links: [link] });
    return true;
  }
}

/** `X-Api-Key` → `env.X_API_KEY`, `{{X_API_KEY}}`. */
export function suggestedReference(kind: RemoteKind, label: string): string {
  const name = label.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return kind === 'letta' ? `{{${name}}}` : `env.${name}`;
}
