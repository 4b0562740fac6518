import type { Server, ServerInput, TransportType, ValueInput } from '../../../src-main/contract/index.js';
import { rpc } from '../../rpc/client.js';
import { Action } from '../../state/action.svelte.js';
import { catalog } from '../../state/catalog.svelte.js';
import { isFresh } from '../secret-value.js';
import { entityPatch } from './entity-patch.js';

export type AuthType = 'none' | 'header' | 'oauth';
type Values = Record<string, ValueInput>;

const isEmpty = (value: ValueInput): boolean => (isFresh(value) ? value.newSecret === '' : value === '');

/** Leaves out what is empty: an optional field is absent, not ''. */
function filled<T extends Record<string, unknown>>(fields: T): Partial<T> {
  const kept = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined && !isEmpty(value as ValueInput) && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept) as Partial<T>;
}

/**
 * The fields of one server while they are edited. The form and the JSON view are two views of this one state: `input()`
 * is what they amount to, `load()` takes a whole server in. A type that is left keeps what was typed, for coming back.
 */
export class ServerFormState {
  name = $state('');
  description = $state('');
  tags = $state.raw<string[]>([]);
  type = $state<TransportType>('stdio');

  command = $state('');
  args = $state.raw<string[]>([]);
  env = $state.raw<Values>({});
  cwd = $state('');
  envFile = $state('');

  url = $state('');
  headers = $state.raw<Values>({});
  authType = $state<AuthType>('none');
  authHeader = $state('Authorization');
  authToken = $state.raw<ValueInput>({ newSecret: '' });
  issuer = $state('');
  clientId = $state('');
  clientSecret = $state.raw<ValueInput>({ newSecret: '' });
  scopes = $state.raw<string[]>([]);
  accessToken = $state.raw<ValueInput>({ newSecret: '' });
  oauthConfigId = $state('');

  execute = $state.raw<string[]>(['*']);
  autoExecute = $state.raw<string[]>([]);
  pricing = $state.raw<Record<string, number>>({});
  codeMode = $state(false);

  autostart = $state(false);
  restart = $state<'never' | 'on_failure' | 'always'>('on_failure');
  onDemand = $state(false);
  idleMinutes = $state(10);
  protocolLog = $state(false);

  /** The server that is edited, as it was read; undefined for a new one. */
  original = $state.raw<Server>();
  readonly saving = new Action(() => this.#save());
  #before = $state.raw<Record<string, unknown>>({});

  readonly patch: Record<string, unknown> = $derived(entityPatch(this.#before, this.input()));
  readonly dirty: boolean = $derived(Object.keys(this.patch).length > 0);

  constructor(server?: Server, preset?: Partial<ServerInput>) {
    if (server) this.reset(server);
    else {
      this.#before = this.input();
      if (preset) this.load(preset);
    }
  }

  get errors(): Record<string, string> {
    return this.saving.fields;
  }

  /** Shows `server` as it is and forgets every edit. */
  reset(server: Server): void {
    this.original = server;
    this.load(server);
    this.#before = this.input();
    this.saving.clear();
  }

  /** Creates or updates. Answers the saved server, or undefined when it was refused: then `errors` tell why. */
  save(): Promise<Server | undefined> {
    return this.saving.run();
  }

  /** What the fields amount to, as the host takes it. */
  input(): ServerInput {
    return {
      name: this.name,
      description: this.description,
      tags: this.tags,
      transport: this.#transport(),
      tools: { execute: this.execute, autoExecute: this.autoExecute, pricing: this.pricing },
      codeMode: this.codeMode,
      lifecycle: {
        autostart: this.autostart,
        restart: this.restart,
        onDemand: this.onDemand,
        idleMinutes: this.idleMinutes,
      },
      protocolLog: this.protocolLog,
    };
  }

  /** Takes over every field `input` names. */
  load(input: Partial<ServerInput>): void {
    this.name = input.name ?? this.name;
    this.description = input.description ?? this.description;
    this.tags = input.tags ?? this.tags;
    if (input.transport) this.#loadTransport(input.transport);
    this.execute = input.tools?.execute ?? this.execute;
    this.autoExecute = input.tools?.autoExecute ?? this.autoExecute;
    this.pricing = input.tools?.pricing ?? this.pricing;
    this.codeMode = input.codeMode ?? this.codeMode;
    this.autostart = input.lifecycle?.autostart ?? this.autostart;
    this.restart = input.lifecycle?.restart ?? this.restart;
    this.onDemand = input.lifecycle?.onDemand ?? this.onDemand;
    this.idleMinutes = input.lifecycle?.idleMinutes ?? this.idleMinutes;
    this.protocolLog = input.protocolLog ?? this.protocolLog;
  }

  #transport(): ServerInput['transport'] {
    switch (this.type) {
      case 'stdio':
        return {
          type: 'stdio',
          command: this.command,
          args: this.args,
          env: this.env,
          ...filled({ cwd: this.cwd, envFile: this.envFile }),
        };
      case 'sse':
      case 'streamable_http':
        return { type: this.type, url: this.url, headers: this.headers, auth: this.#auth() };
      case 'inprocess':
        return { type: 'inprocess' };
    }
  }

  #auth(): { type: 'none' } | { type: 'header'; header: string; token: ValueInput } | { type: 'oauth' } {
    if (this.authType === 'none') return { type: 'none' };
    if (this.authType === 'header') return { type: 'header', header: this.authHeader, token: this.authToken };
    const { issuer, clientId, clientSecret, oauthConfigId, scopes } = this;
    return {
      type: 'oauth',
      scopes,
      ...filled({ issuer, clientId, clientSecret, oauthConfigId, token: this.accessToken }),
    } as { type: 'oauth' };
  }

  #loadTransport(transport: ServerInput['transport']): void {
    this.type = transport.type;
    if (transport.type === 'stdio') {
      this.command = transport.command;
      this.args = transport.args ?? [];
      this.env = transport.env ?? {};
      this.cwd = transport.cwd ?? '';
      this.envFile = transport.envFile ?? '';
    } else if (transport.type !== 'inprocess') {
      this.url = transport.url;
      this.headers = transport.headers ?? {};
      this.#loadAuth(transport.auth ?? { type: 'none' });
    }
  }

  #loadAuth(auth: NonNullable<Extract<ServerInput['transport'], { url: string }>['auth']>): void {
    this.authType = auth.type;
    if (auth.type === 'header') {
      this.authHeader = auth.header;
      this.authToken = auth.token;
    } else if (auth.type === 'oauth') {
      this.issuer = auth.issuer ?? '';
      this.clientId = auth.clientId ?? '';
      this.clientSecret = auth.clientSecret ?? { newSecret: '' };
      this.scopes = auth.scopes ?? [];
      this.accessToken = auth.token ?? { newSecret: '' };
      this.oauthConfigId = auth.oauthConfigId ?? '';
    }
  }

  async #save(): Promise<Server> {
    const { original } = this;
    const { server } = original
      ? await rpc.call('server.update', { id: original.id, patch: this.patch, revision: original.revision })
      : await rpc.call('server.create', { server: this.input() });
    catalog.change({ servers: [server] });
    this.reset(server);
    return server;
  }
}
