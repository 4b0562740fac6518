import { randomUUID } from 'node:crypto';
import {
  AppError,
  type LinkTools,
  type Problem,
  type Server,
  type ToolRefresh,
} from '../../contract/index.js';
import type { Call, Http } from '../http/client.js';
import { RemoteFailure } from '../http/failure.js';
import { itemPath } from '../item-path.js';
import type {
  Desired,
  Entry,
  Inventory,
  PendingSignIn,
  Probe,
  ProjectOptions,
  Projection,
  RemoteAdapter,
  SignIn,
} from '../remote-adapter.js';
import type { FieldDifference } from '../three-way.js';
import { createBody, notHidden, othersOwn, updateBody } from './bodies.js';
import { BIFROST_FIELDS } from './field-map.js';
import { lawfulName } from './lawful-name.js';
import { observe } from './observe.js';
import { PAGE, profileOf, TRAITS, type BifrostFacts, type BifrostProfile, type Traits } from './profile.js';
import { project } from './project.js';
import { proofDesired, unseenChanges } from './proof.js';
import { redact } from './redaction.js';
import {
  authEnabledSchema,
  clientListSchema,
  createdSchema,
  oauthStatusSchema,
  type BifrostClient,
} from './shapes.js';
import { signInOf } from './sign-in.js';
import { NO_STORE } from './store.js';

/** A gateway tries to connect up to six times with back-off before it answers (bifrost.md §1.4). */
const CONNECT_TIMEOUT_MS = 120_000;
const LIST_BYTES = 64_000_000;

const item = (id: string): string => itemPath('/api/mcp/client/', id, 'Bifrost');

const IMMUTABLE = new Set(BIFROST_FIELDS.filter(({ replacedIn }) => replacedIn).map(({ field }) => field));

/** `headers` without any header is as good as `none`, so that way no change of kind is needed. */
function isImmutable({ key, local, remote }: FieldDifference): boolean {
  if (key === 'transport.auth' && remote && 'value' in remote)
    return !(remote.value === 'headers' && local?.value === 'none');
  return IMMUTABLE.has(key.replace(/^(transport\.env\.).*/, '$1*'));
}

/** Bifrost's management API. There is no client package for it. */
export class BifrostAdapter implements RemoteAdapter {
  readonly kind = 'bifrost';
  readonly redact = redact;

  constructor(
    private readonly http: Http,
    readonly facts: BifrostFacts,
  ) {}

  get profile(): string {
    return this.facts.profile;
  }

  get #traits(): Traits {
    return TRAITS[this.facts.profile];
  }

  /** Finds the profile by the shape of the list. @throws RemoteFailure */
  static async discover(http: Http): Promise<BifrostFacts> {
    const facts: BifrostFacts = { profile: '1.4', envValues: false };
    const adapter = new BifrostAdapter(http, facts);
    await adapter.#pages({});
    if (facts.profile === '2.x') facts.isOpen = await adapter.#isOpen();
    return facts;
  }

  /** Whether anybody is let in: then what a stranger may not do is told before it is tried. */
  async #isOpen(): Promise<boolean> {
    const { headers } = this.http.options;
    if ('authorization' in headers || 'x-bifrost-setup-token' in headers) return false;
    try {
      const path = '/api/session/is-auth-enabled';
      return (await this.http.ask({ method: 'GET', path }, authEnabledSchema)).is_auth_enabled === false;
    } catch (error) {
      if (error instanceof RemoteFailure && error.status !== undefined) return false;
      throw error;
    }
  }

  async probe(): Promise<Probe> {
    const problems: Problem[] = [];
    const { entries } = await this.inventory();
    if (entries.size === 0 && this.#traits.pages && !(await this.#hasStore())) problems.push(NO_STORE);
    if (this.facts.isOpen)
      problems.push({
        code: 'unsupported',
        message:
          'Without a login of its dashboard this version takes no local commands, no hosts of a private network and no references.',
        hint: 'Set an admin on the gateway and give this remote their user name and password.',
      });
    if (!this.facts.envValues)
      problems.push({
        code: 'unsupported',
        message: 'This version takes names of environment variables only, not their values.',
        hint: 'Set the variables in the gateway’s own environment, or update the gateway.',
      });
    return { profile: this.facts.profile, problems };
  }

  /** Writes answer 503 without a store; a reconnect of nobody is the write that changes nothing. */
  async #hasStore(): Promise<boolean> {
    try {
      await this.http.send({ method: 'POST', path: `${item(randomUUID())}/reconnect` });
      return true;
    } catch (error) {
      return !(error instanceof RemoteFailure && error.status === 503);
    }
  }

  async inventory(): Promise<Inventory> {
    const clients = await this.#pages({});
    return {
      entries: new Map(clients.map((client) => [client.id, observe(client, this.facts)])),
      isComplete: true,
      warnings: [],
    };
  }

  async read(id: string): Promise<Entry | undefined> {
    // 1.6 and later filter by id; older ones pass over the question and answer with everything.
    const clients = await this.#pages(this.#traits.pages ? { server: id } : {});
    const client = clients.find((one) => one.id === id);
    return client && observe(client, this.facts);
  }

  /** The first page is asked for without a query: 1.4 knows none, and the answer's own limit tells versions apart. */
  async #pages(filter: Record<string, string>): Promise<BifrostClient[]> {
    const found = new Map<string, BifrostClient>();
    for (let offset = 0; ;) {
      const next: Record<string, string> = offset > 0 ? { limit: String(PAGE), offset: String(offset) } : {};
      const page = await this.http.ask(
        { method: 'GET', path: '/api/mcp/clients', query: { ...next, ...filter }, maxBytes: LIST_BYTES },
        clientListSchema,
      );
      if (offset === 0) this.#learn(page);
      offset += page.items.length;
      const before = found.size;
      for (const client of page.items) found.set(client.id, client);
      // A page without anything new comes from a gateway that does not turn pages.
      if (page.isArray || found.size === before || offset >= page.total) return [...found.values()];
    }
  }

  /** The gateway may have been updated since it was last asked. An empty list takes back nothing that was known. */
  #learn(page: Parameters<typeof profileOf>[0]): void {
    const seen = profileOf(page);
    if (seen === undefined || seen === this.facts.profile) return;
    if (page.items.length === 0 && TRAITS[seen].pages === this.#traits.pages) return;
    this.#become(seen);
  }

  #become(profile: BifrostProfile): void {
    this.facts.profile = profile;
    this.facts.envValues = TRAITS[profile].envValues;
  }

  lawfulName(wanted: string): string | undefined {
    return lawfulName(wanted);
  }

  project(server: Server, options: ProjectOptions): Projection {
    return project(server, options, this.facts);
  }

  replaceReason(changes: readonly FieldDifference[]): string | undefined {
    const field = this.#traits.immutable ? changes.find((change) => isImmutable(change)) : undefined;
    return (
      field &&
      `Bifrost ${this.facts.profile} cannot change ${field.key} in place: the entry is deleted and made anew under the same id; its tool lists, prices and virtual keys are put back.`
    );
  }

  editBlock(changes: readonly FieldDifference[], _entry: Entry, desired: Desired): string | undefined {
    const hidden = [...desired.cells].filter(([, cell]) => cell.kept);
    const first = hidden[0]?.[1].path;
    if (first === undefined) return undefined;
    const enter = `The gateway hides the value of ${first}: put it into the server here`;
    if (this.#traits.replacesWhole)
      return `${enter}, because this version replaces the whole entry at every change.`;
    if (this.replaceReason(changes)) return `${enter}, because the entry must be made anew.`;
    const isHeader = (key: string): boolean => key.startsWith('transport.headers.');
    if (hidden.some(([key]) => isHeader(key)) && changes.some(({ key }) => isHeader(key)))
      return `${enter}, because all headers are written together.`;
    return undefined;
  }

  newId(): string {
    return randomUUID();
  }

  async create(desired: Desired, id: string = randomUUID()): Promise<{ id: string; signIn?: SignIn }> {
    notHidden(desired);
    const body = createBody(desired, id, this.facts);
    try {
      const made = await this.http.ask(
        { method: 'POST', path: '/api/mcp/client', body, timeoutMs: CONNECT_TIMEOUT_MS },
        createdSchema,
      );
      if (made.status !== 'pending_oauth') return { id };
      return { id: made.mcp_client_id ?? id, signIn: this.#signIn(made, id) };
    } catch (error) {
      this.#learnFrom(error);
      throw error;
    }
  }

  /** A 1.5 from before PR #3861 looks `K=V` up as one name, and says so. */
  #learnFrom(error: unknown): void {
    if (error instanceof RemoteFailure && /environment variable \S+=.* is not set/i.test(error.message))
      this.facts.envValues = false;
  }

  async update(entry: Entry, desired: Desired, changes: readonly FieldDifference[]): Promise<void> {
    const client = entry.raw as BifrostClient;
    const unseen = unseenChanges(changes, entry);
    if (unseen.length > 0) await this.#prove(entry, desired, unseen);
    await this.#put(entry.id, updateBody(desired, client, this.facts));
  }

  async #put(id: string, body: unknown): Promise<void> {
    try {
      await this.http.send({ method: 'PUT', path: item(id), body, timeoutMs: CONNECT_TIMEOUT_MS });
    } catch (error) {
      const isNewer =
        error instanceof RemoteFailure && error.status === 400 && /cannot be changed/.test(error.message);
      if (isNewer && this.#traits.replacesWhole) this.#become('1.5');
      throw error;
    }
  }

  /**
   * The new value would be shown exactly as the old one is, so reading it back would prove nothing. Something that is
   * shown differently is written first: a gateway that does not show it stores nothing, whatever it answers.
   */
  async #prove(entry: Entry, desired: Desired, unseen: readonly FieldDifference[]): Promise<void> {
    const proof = proofDesired(desired, unseen);
    await this.#put(entry.id, updateBody(proof, entry.raw as BifrostClient, this.facts));
    const seen = await this.read(entry.id);
    const stuck = unseen.find(({ key, remote }) => {
      const now = seen?.cells.get(key);
      return now && remote && 'mask' in now && 'mask' in remote && now.mask === remote.mask;
    });
    if (stuck)
      throw new RemoteFailure(
        'remote_rejected',
        `${this.http.options.where} answers that it took the change, and did not store ${stuck.key}.`,
        'This version drops such changes: delete the entry there and patch it in anew, or update the gateway.',
      );
  }

  /** Virtual keys, whether it is switched off, and the like. */
  belongings(entry: Entry): Record<string, unknown> {
    const client = entry.raw as BifrostClient;
    const keys = client.vk_configs?.map(({ virtual_key_id, tools_to_execute }) => ({
      virtual_key_id,
      tools_to_execute: tools_to_execute ?? [],
    }));
    return { ...othersOwn(client), ...(keys && this.#traits.virtualKeys && { vk_configs: keys }) };
  }

  async giveBack(id: string, desired: Desired, belongings: Record<string, unknown>): Promise<void> {
    const made = await this.read(id);
    if (!made) return;
    await this.#put(id, { ...updateBody(desired, made.raw as BifrostClient, this.facts), ...belongings });
  }

  async putBack(entry: Entry, before: Desired | undefined): Promise<string | undefined> {
    if (!before) return undefined;
    await this.create(before, entry.id);
    await this.giveBack(entry.id, before, this.belongings(entry));
    return entry.id;
  }

  async remove(id: string): Promise<void> {
    try {
      await this.http.send({ method: 'DELETE', path: item(id) });
    } catch (error) {
      // 404, or a 500 about a record that is not there: gone is gone.
      const isRefusal = error instanceof RemoteFailure && !error.transient && error.status !== undefined;
      if (!isRefusal || error.status === 401 || error.status === 403) throw error;
      if (await this.read(id)) throw error;
    }
  }

  tools(entry: Entry): Promise<LinkTools> {
    return Promise.resolve({ registered: ownToolNames(entry.raw as BifrostClient) });
  }

  /** 2.x has a route for it; before, a reconnect asks for the tools again. */
  async refreshTools(entry: Entry): Promise<ToolRefresh> {
    const before = ownToolNames(entry.raw as BifrostClient);
    const action = this.facts.profile === '2.x' ? 'refresh-tools' : 'reconnect';
    await this.http.send({
      method: 'POST',
      path: `${item(entry.id)}/${action}`,
      timeoutMs: CONNECT_TIMEOUT_MS,
    });
    const now = ownToolNames(((await this.read(entry.id)) ?? entry).raw as BifrostClient);
    return {
      added: now.filter((tool) => !before.includes(tool)),
      updated: [],
      deleted: before.filter((tool) => !now.includes(tool)),
      toolCount: now.length,
    };
  }

  /** 1.5 begins a sign-in by an edit, 2.x has a route; what lies between can only make the entry anew. */
  async reauthorize(entry: Entry): Promise<SignIn> {
    const client = entry.raw as BifrostClient;
    const { profile } = this.facts;
    if (client.config.auth_type !== 'oauth' || (profile !== '1.5' && profile !== '2.x'))
      throw new AppError(
        'unsupported',
        client.config.auth_type === 'oauth'
          ? `Bifrost ${profile} cannot sign in anew in place.`
          : 'This entry does not sign in by OAuth.',
        'Delete the entry there and sync it again to sign in anew.',
      );
    const call: Call =
      profile === '2.x'
        ? { method: 'POST', path: `${item(entry.id)}/reauthorize` }
        : {
            method: 'PUT',
            path: item(entry.id),
            body: { name: client.config.name, ...this.#unchanged(client), oauth_config: {} },
          };
    return this.#signIn(await this.http.ask(call, createdSchema), entry.id);
  }

  #signIn(made: Parameters<typeof signInOf>[0], id: string): SignIn {
    return signInOf(made, `${item(id)}/complete-oauth`, this.http.options.where);
  }

  /** What 1.5 would reset in a PUT that leaves it out. */
  #unchanged(client: BifrostClient): Record<string, unknown> {
    const { is_code_mode_client, tool_pricing } = client.config;
    return { ...othersOwn(client), is_code_mode_client, tool_pricing: tool_pricing ?? {} };
  }

  async signInState({ statusPath }: PendingSignIn): Promise<'pending' | 'authorized' | 'ended'> {
    try {
      const { status } = await this.http.ask({ method: 'GET', path: statusPath }, oauthStatusSchema);
      if (status === 'authorized') return 'authorized';
      return status === 'pending' ? 'pending' : 'ended';
    } catch (error) {
      if (error instanceof RemoteFailure && error.status === 404) return 'ended';
      throw error;
    }
  }

  async completeSignIn({ completePath }: PendingSignIn): Promise<void> {
    try {
      await this.http.send({ method: 'POST', path: completePath, timeoutMs: CONNECT_TIMEOUT_MS });
    } catch (error) {
      // Somebody, or an answer that got lost, has completed it already.
      if (!(error instanceof RemoteFailure && error.status === 409)) throw error;
    }
  }
}

/** The server's own names: from 1.6 on tools are listed as `<client>-<tool>`. */
function ownToolNames({ config, tools }: BifrostClient): string[] {
  const prefix = `${config.name}-`;
  return (tools ?? []).map(({ name }) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)).sort();
}
