import type { Bundle, BundleField, Server, ValueInput } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { Action } from '../../../state/action.svelte.js';

type Answer = ValueInput | boolean | string[];

const HIDDEN = '••••';
const isSecret = (answer: Answer | undefined): answer is { newSecret: string } =>
  typeof answer === 'object' && !Array.isArray(answer) && 'newSecret' in answer;

function begin(field: BundleField): Answer {
  if (field.type === 'boolean') return field.default === true;
  if (field.multiple) return [field.default ?? []].flat().map(String);
  if (field.sensitive) return { newSecret: '' };
  return field.default === undefined ? '' : String(field.default);
}

/** One bundle in its dialog: what it says of itself, and what the person answers. */
export class BundleForm {
  bundle = $state.raw<Bundle>();
  name = $state('');
  answers = $state<Record<string, Answer>>({});
  readonly reading = new Action(async () => {
    const { bundle } = await rpc.call('bundle.inspect', { id: this.id });
    this.answers = Object.fromEntries(bundle.fields.map((field) => [field.key, begin(field)]));
    this.bundle = bundle;
  });
  readonly installing = new Action(() => this.#install());

  constructor(readonly id: string) {}

  /** The command as it would be with the answers so far; secrets are shown as dots. */
  shown(template: string): string {
    return template.replaceAll(/\$\{user_config\.([^{}]+)\}/g, (whole, key: string) => {
      const answer = this.answers[key];
      if (isSecret(answer)) return answer.newSecret === '' ? whole : HIDDEN;
      if (Array.isArray(answer)) return answer.filter((one) => one !== '').join(' ') || whole;
      return answer === undefined || answer === '' ? whole : String(answer);
    });
  }

  async #install(): Promise<Server> {
    const config = Object.fromEntries(
      (this.bundle?.fields ?? []).flatMap((field) => {
        const value = this.#valueOf(field);
        return value === undefined ? [] : [[field.key, value]];
      }),
    );
    const name = this.name.trim();
    const { server } = await rpc.call('bundle.install', { id: this.id, config, ...(name && { name }) });
    return server;
  }

  /** What was left open is not sent: the bundle's own default holds. */
  #valueOf({ key, type }: BundleField): string | number | boolean | string[] | undefined {
    const answer = this.answers[key];
    if (answer === undefined || answer === '') return undefined;
    if (isSecret(answer)) return answer.newSecret === '' ? undefined : answer.newSecret;
    if (typeof answer === 'string' && type === 'number')
      return Number.isNaN(Number(answer)) ? answer : Number(answer);
    if (Array.isArray(answer)) return [...answer];
    return typeof answer === 'object' ? undefined : answer;
  }
}
