import { AppError, isSecretRef, type Remote, type Value } from '../contract/index.js';
import { BifrostAdapter } from './bifrost/adapter.js';
import { login } from './bifrost/login.js';
import type { BifrostFacts } from './bifrost/profile.js';
import { bifrostErrorText } from './bifrost/shapes.js';
import { knownRefusal } from './bifrost/store.js';
import { insecure, isReadableByOthers } from './http/address.js';
import { Http, type Meter } from './http/client.js';
import type { Connections } from './http/dispatcher.js';
import { LettaAdapter } from './letta/adapter.js';
import type { LettaFacts } from './letta/profile.js';
import { lettaErrorText } from './letta/shapes.js';
import type { SyncPorts } from './ports.js';
import type { RemoteAdapter } from './remote-adapter.js';

type Facts = { kind: 'letta'; facts: LettaFacts } | { kind: 'bifrost'; facts: BifrostFacts };

/**
 * One remote: who it is (found out once and kept), and a line in which whoever wants to write to it waits. A remote
 * that was edited gets a new desk.
 */
export class Desk {
  #facts: Facts | undefined;
  /** The token of a login, where Basic alone was refused. */
  #session: string | undefined;
  #line: Promise<unknown>;

  /** @param before the line of an older desk of the same remote: who stands in it still goes first */
  constructor(
    readonly remote: Remote,
    private readonly ports: Pick<SyncPorts, 'resolve' | 'redact' | 'appVersion'>,
    private readonly connections: Connections,
    before: Promise<unknown> = Promise.resolve(),
  ) {
    this.#line = before;
  }

  get line(): Promise<unknown> {
    return this.#line;
  }

  async idle(): Promise<void> {
    await this.#line;
  }

  /** Asks the remote again who it is, next time. */
  forget(): void {
    this.#facts = undefined;
  }

  /** Runs one at a time: both kinds of remotes lose writes that overlap. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work, work);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  /** @throws RemoteFailure, or AppError keychain_unavailable or consent_required (secrets over plain http) */
  async open(meter: Meter): Promise<RemoteAdapter> {
    const http = await this.http(meter);
    this.#facts ??= await this.#discover(http);
    return this.#facts.kind === 'letta'
      ? new LettaAdapter(http, this.#facts.facts)
      : new BifrostAdapter(http, this.#facts.facts);
  }

  async #discover(http: Http): Promise<Facts> {
    return this.remote.kind === 'letta'
      ? { kind: 'letta', facts: await LettaAdapter.discover(http) }
      : { kind: 'bifrost', facts: await BifrostAdapter.discover(http) };
  }

  async http(meter: Meter): Promise<Http> {
    const { kind, name, baseUrl, auth } = this.remote;
    this.#assertPrivate();
    const isLetta = kind === 'letta';
    const http = new Http({
      where: `${isLetta ? 'Letta' : 'Bifrost'} "${name}"`,
      baseUrl,
      headers: await this.#headers(),
      dispatcher: await this.connections.to(baseUrl),
      meter,
      redact: this.ports.redact,
      errorText: isLetta ? lettaErrorText : bifrostErrorText,
      ...(!isLetta && { knownRefusal }),
    });
    if (!isLetta && auth.type === 'basic')
      http.onUnauthorized(async (plain) => {
        this.#session = undefined;
        const token = await login(plain, auth.username, await this.ports.resolve(auth.password));
        this.#session = token;
        return { authorization: `Bearer ${token}` };
      });
    return http;
  }

  #assertPrivate(): void {
    const { baseUrl, auth, headers, allowInsecure } = this.remote;
    const carries = auth.type !== 'none' || Object.values(headers).some(isSecretRef);
    if (carries && !allowInsecure && isReadableByOthers(baseUrl)) throw insecure(baseUrl);
  }

  async #headers(): Promise<Record<string, string>> {
    const { auth, headers } = this.remote;
    const resolved: Record<string, string> = { 'user-agent': `Jackfield/${this.ports.appVersion}` };
    for (const [name, value] of Object.entries(headers))
      resolved[name.toLowerCase()] = await this.#value(`headers.${name}`, value);
    if (auth.type === 'bearer')
      resolved['authorization'] = `Bearer ${await this.#value('auth.token', auth.token)}`;
    if (auth.type === 'basic') {
      const password = await this.#value('auth.password', auth.password);
      const credentials = Buffer.from(`${auth.username}:${password}`, 'utf8').toString('base64');
      resolved['authorization'] = this.#session ? `Bearer ${this.#session}` : `Basic ${credentials}`;
    }
    return resolved;
  }

  /** What HTTP cannot carry is refused here, with the field's name and without its value. */
  async #value(path: string, value: Value): Promise<string> {
    const text = await this.ports.resolve(value);
    if (!/[\r\n\0]/.test(text) && /^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
    throw new AppError(
      'invalid',
      `${path} of the remote "${this.remote.name}" holds characters that no HTTP header can carry.`,
      'Put the value in again; a line break may have come along when it was copied.',
    );
  }
}
