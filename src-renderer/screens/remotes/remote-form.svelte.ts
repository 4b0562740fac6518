import type { Remote, RemoteInput, RemoteKind, ValueInput } from '../../../src-main/contract/index.js';
import { isFresh } from '../../components/secret-value.js';
import { entityPatch } from '../../components/server-form/entity-patch.js';
import { suggestedName } from './remote-address.js';
import { rpc } from '../../rpc/client.js';
import { Action } from '../../state/action.svelte.js';
import { catalog } from '../../state/catalog.svelte.js';

type AuthType = 'none' | 'bearer' | 'basic';

/** The fields of one remote while they are edited. */
export class RemoteFormState {
  kind = $state<RemoteKind>('letta');
  name = $state('');
  baseUrl = $state('');
  authType = $state<AuthType>('none');
  token = $state.raw<ValueInput>({ newSecret: '' });
  username = $state('');
  password = $state.raw<ValueInput>({ newSecret: '' });
  headers = $state.raw<Record<string, ValueInput>>({});
  allowInsecure = $state(false);
  readonly original: Remote | undefined;
  readonly saving = new Action(() => this.#save());
  readonly #before: Record<string, unknown>;

  constructor(remote?: Remote) {
    this.original = remote;
    if (remote) {
      this.kind = remote.kind;
      this.name = remote.name;
      this.baseUrl = remote.baseUrl;
      this.authType = remote.auth.type;
      if (remote.auth.type === 'bearer') this.token = remote.auth.token;
      if (remote.auth.type === 'basic') {
        this.username = remote.auth.username;
        this.password = remote.auth.password;
      }
      this.headers = remote.headers;
      this.allowInsecure = remote.allowInsecure;
    }
    this.#before = this.input();
  }

  /** Whether anything secret would be sent. */
  get sendsSecrets(): boolean {
    const values = Object.values(this.headers);
    return this.authType !== 'none' || values.some((value) => typeof value === 'object');
  }

  get unsaved(): boolean {
    return Object.keys(entityPatch(this.#before, this.input())).length > 0;
  }

  input(): RemoteInput {
    return {
      kind: this.kind,
      name: this.name.trim() || suggestedName(this.kind, this.baseUrl),
      baseUrl: this.baseUrl.trim(),
      auth: this.#auth(),
      headers: this.headers,
      allowInsecure: this.allowInsecure,
    };
  }

  #auth(): RemoteInput['auth'] {
    switch (this.authType) {
      case 'none':
        return { type: 'none' };
      case 'bearer':
        return { type: 'bearer', token: this.token };
      case 'basic':
        return {
          type: 'basic',
          username: this.username,
          password: isFresh(this.password) && this.password.newSecret === '' ? '' : this.password,
        };
    }
  }

  async #save(): Promise<Remote> {
    const { original } = this;
    const { remote } = original
      ? await rpc.call('remote.update', {
          id: original.id,
          patch: entityPatch(this.#before, this.input()),
          revision: original.revision,
        })
      : await rpc.call('remote.create', { remote: this.input() });
    catalog.change({ remotes: [remote] });
    return remote;
  }
}
