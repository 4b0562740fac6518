import type { Fault, Server, ServerInput } from '../../../../src-main/contract/index.js';
import { ServerFormState } from '../../../components/server-form/form-state.svelte.js';
import { catalog } from '../../../state/catalog.svelte.js';
import type { Mark } from '../json/codemirror.js';
import { placeOf, readJson } from '../json/json-text.js';
import { withDefaults } from './server-json.js';

type Check = (input: unknown) => { ok: true; value: ServerInput } | { ok: false; fault: Fault };

const pretty = (input: ServerInput): string => JSON.stringify(input, null, 2);

/**
 * The edit of one server, seen as a form or as JSON. The form's fields are the one state; the JSON is a text over it
 * that follows every edit of theirs, and is read back into them as soon as it holds a server again.
 */
export class ConfigureState {
  view = $state<'form' | 'json'>('form');
  readonly form: ServerFormState;
  /** What the JSON view shows: between two whole servers, what is being typed. */
  text = $state('');
  /** Where the text cannot be read, or holds no server. Then the form shows what it last held. */
  broken = $state.raw<readonly Mark[]>([]);
  /** Where the host's rules are broken, though it could be read: shown in the text, told again by the form on saving. */
  unruly = $state.raw<readonly Mark[]>([]);
  #check: Check | undefined;
  /** The fields as the text stands for them. */
  #mirrored = '';

  constructor(readonly serverId: string) {
    this.form = new ServerFormState(catalog.server(serverId));
    this.follow();
  }

  get dirty(): boolean {
    return this.form.dirty || this.broken.length > 0;
  }

  /** The edit was begun on a server that has been changed elsewhere since. */
  get isBehind(): boolean {
    const now = catalog.server(this.serverId);
    return this.dirty && now !== undefined && now.revision !== this.form.original?.revision;
  }

  /** Takes over a server that was changed elsewhere, where nothing is edited here. */
  refresh(): void {
    const now = catalog.server(this.serverId);
    if (now && !this.dirty && now !== this.form.original) this.form.reset(now);
  }

  /** The form was edited: the text follows it. Reads every field, so an effect that calls it hears of each edit. */
  follow(): void {
    const input = this.form.input();
    const now = JSON.stringify(input);
    if (now === this.#mirrored) return;
    this.#mirrored = now;
    this.text = pretty(input);
    this.broken = [];
    this.unruly = [];
  }

  /** The rules come with the JSON view: the form needs none of them. */
  async loadRules(): Promise<void> {
    this.#check ??= (await import('./server-rules.js')).checkServer;
  }

  /** The text was edited: the form follows it where it holds a server. */
  editText(text: string): void {
    this.text = text;
    const { value, marks } = readJson(text);
    this.broken = marks;
    this.unruly = [];
    if (marks.length > 0) return;
    const answer = this.#check?.(value);
    if (!answer) return;
    const faults = answer.ok ? [] : answer.fault.issues;
    const found = faults.map(({ path, message }) => ({
      ...placeOf(text, path),
      message: `${path || 'This'} ${message}`,
    }));
    // A wrong value in the right shape can be shown by the form as well; a wrong shape cannot.
    if (!answer.ok && answer.fault.kind === 'wrong_shape') {
      this.broken = found;
      return;
    }
    this.unruly = found;
    this.form.load(answer.ok ? answer.value : withDefaults(value as Partial<ServerInput>));
    this.#mirrored = JSON.stringify(this.form.input());
  }

  /** What the host refused, at the place in the text. */
  get refused(): Mark[] {
    return Object.entries(this.form.errors).map(([path, message]) => ({
      ...placeOf(this.text, path),
      message: `${path} ${message}`,
    }));
  }

  async save(): Promise<Server | undefined> {
    if (this.broken.length > 0) return undefined;
    const saved = await this.form.save();
    if (saved) this.#rewrite();
    return saved;
  }

  /** Throws the edit away and shows the server as it stands. */
  reload(): void {
    const now = catalog.server(this.serverId);
    if (now) this.form.reset(now);
    this.#rewrite();
  }

  /** Makes the edit on the newest revision: what was changed elsewhere and is not edited here stays. */
  async overwrite(): Promise<Server | undefined> {
    const now = catalog.server(this.serverId);
    if (now) this.form.original = now;
    return this.save();
  }

  #rewrite(): void {
    this.#mirrored = '';
    this.follow();
  }
}
