import PQueue from 'p-queue';
import {
  AppError,
  type LinkTools,
  type Problem,
  type Server,
  type ToolRefresh,
} from '../../contract/index.js';
import { under } from '../cells.js';
import type { Http } from '../http/client.js';
import { RemoteFailure } from '../http/failure.js';
import { itemPath } from '../item-path.js';
import type {
  Desired,
  Entry,
  Inventory,
  Probe,
  ProjectOptions,
  Projection,
  RemoteAdapter,
} from '../remote-adapter.js';
import type { FieldDifference } from '../three-way.js';
import { createBody, restoreBody, updateBody } from './bodies.js';
import { effectiveHeaders, observe } from './observe.js';
import { factsOf, isCloudUrl, type LettaFacts } from './profile.js';
import { project } from './project.js';
import {
  healthSchema,
  lettaListSchema,
  lettaServerSchema,
  refreshSchema,
  toolListSchema,
  type LettaServer,
} from './shapes.js';

const COLLECTION = '/v1/mcp-servers/';
/** A create connects to the MCP server inside the request, without a time limit of its own (letta.md §3). */
const CREATE_TIMEOUT_MS = 120_000;
const READS_AT_ONCE = 4;

const item = (id: string): string => itemPath(COLLECTION, id, 'Letta');

/**
 * Letta through plain HTTP rather than its own client package: that one sends a timed-out POST three times (no
 * idempotency key exists), prints request bodies under LETTA_LOG=debug, reads LETTA_* from the environment, follows
 * redirects to other hosts, and has no limit of size.
 */
export class LettaAdapter implements RemoteAdapter {
  readonly kind = 'letta';
  readonly redact = (text: string): string => text;

  constructor(
    private readonly http: Http,
    readonly facts: LettaFacts,
  ) {}

  get profile(): string {
    return this.facts.profile;
  }

  /** Asks which version it is. @throws RemoteFailure; AppError `unsupported` before 0.13 */
  static async discover(http: Http): Promise<LettaFacts> {
    const facts = factsOf(http.options.baseUrl, await versionOf(http));
    if (facts !== 'too old') return facts;
    throw new AppError(
      'unsupported',
      `${http.options.where} is older than 0.13 and has no /v1/mcp-servers.`,
      'Update the Letta server to 0.15 or newer.',
    );
  }

  async probe(): Promise<Probe> {
    const problems: Problem[] = [];
    try {
      await this.http.ask({ method: 'GET', path: COLLECTION }, lettaListSchema);
    } catch (error) {
      const problem = this.#listProblem(error);
      if (!problem) throw error;
      if (problem.code === 'unsupported') throw new AppError('unsupported', problem.message, problem.hint);
      problems.push(problem);
    }
    if (this.facts.profile === 'cloud' || this.facts.stdio === 'no')
      problems.push({
        code: 'unsupported',
        message: 'It runs no local commands (stdio).',
        hint: 'SSE and streamable HTTP servers can be patched in.',
      });
    const { profile, version } = this.facts;
    return { profile, ...(version !== undefined && { version }), problems };
  }

  #listProblem(error: unknown): Problem | undefined {
    if (!(error instanceof RemoteFailure)) return undefined;
    if (error.status === 404)
      return {
        code: 'unsupported',
        message: `${this.http.options.where} has no /v1/mcp-servers.`,
        hint: 'It needs Letta 0.13 or newer; check the version and the path of the URL.',
      };
    if (error.status !== 400) return undefined;
    return {
      code: 'remote_rejected',
      message: 'Its list of MCP servers cannot be read: one stored server has a URL this version refuses.',
      hint: 'Give that server a public URL in Letta, or delete it there. Entries that are linked already are read one by one until then.',
    };
  }

  async inventory(known: readonly string[]): Promise<Inventory> {
    let rows: LettaServer[] = [];
    let isComplete = false;
    const warnings: string[] = [];
    try {
      rows = await this.http.ask({ method: 'GET', path: COLLECTION, maxBytes: 32_000_000 }, lettaListSchema);
      isComplete = rows.length < this.facts.listLimit;
      if (!isComplete)
        warnings.push(
          `Letta lists ${this.facts.listLimit} servers at most: there may be more than are shown.`,
        );
    } catch (error) {
      const problem = this.#listProblem(error);
      if (problem?.code !== 'remote_rejected') throw error;
      warnings.push(`${problem.message} ${problem.hint}`);
    }
    const entries = new Map(rows.map((row) => [row.id, observe(row)]));
    if (!isComplete) await this.#readMissing(entries, known);
    return { entries, isComplete, warnings };
  }

  async #readMissing(entries: Map<string, Entry>, known: readonly string[]): Promise<void> {
    const queue = new PQueue({ concurrency: READS_AT_ONCE });
    const missing = known.filter((id) => !entries.has(id));
    const read = await queue.addAll(missing.map((id) => () => this.read(id)));
    for (const entry of read) if (entry) entries.set(entry.id, entry);
  }

  async read(id: string): Promise<Entry | undefined> {
    try {
      return observe(await this.http.ask({ method: 'GET', path: item(id) }, lettaServerSchema));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** Letta takes any name; those it cannot work with are blocked by the projection, not bent. */
  lawfulName(wanted: string): string {
    return wanted;
  }

  project(server: Server, options: ProjectOptions): Projection {
    return project(server, options, this.facts);
  }

  replaceReason(changes: readonly FieldDifference[], entry: Entry, desired: Desired): string | undefined {
    if (changes.some(({ key }) => key === 'transport.type'))
      return `Letta never changes a server's type: it is deleted and made anew as ${String(desired.cells.get('transport.type')?.value)}, gets a new id, and its tools leave all agents.`;
    // Before 0.15 an update writes every column, the token's too.
    if (this.facts.profile === 'flat') return undefined;
    const row = entry.raw as LettaServer;
    const wantsNone = Object.keys(under(desired.cells, 'transport.headers')).length === 0;
    if (row.type === 'streamable_http' && row.auth_token && wantsNone)
      return 'Letta cannot clear the token that was entered there: the server is deleted and made anew, gets a new id, and its tools leave all agents.';
    return undefined;
  }

  editBlock(): undefined {
    return undefined;
  }

  newId(): undefined {
    return undefined;
  }

  async create(desired: Desired): Promise<{ id: string }> {
    const isStdio = desired.cells.get('transport.type')?.value === 'stdio';
    try {
      const { id } = await this.#post(createBody(desired, this.facts.profile));
      if (isStdio) this.facts.stdio = 'yes';
      return { id };
    } catch (error) {
      if (isStdio && error instanceof RemoteFailure && error.status === 400 && /stdio/i.test(error.message))
        this.facts.stdio = 'no';
      throw error;
    }
  }

  #post(body: unknown): Promise<LettaServer> {
    return this.http.ask(
      { method: 'POST', path: COLLECTION, body, timeoutMs: CREATE_TIMEOUT_MS },
      lettaServerSchema,
    );
  }

  async update(entry: Entry, desired: Desired): Promise<void> {
    const body = updateBody(desired, entry.raw as LettaServer, this.facts.profile);
    await this.http.send({ method: 'PATCH', path: item(entry.id), body });
  }

  belongings(): undefined {
    return undefined;
  }

  giveBack(): Promise<void> {
    return Promise.resolve();
  }

  async putBack(entry: Entry): Promise<string> {
    const row = entry.raw as LettaServer;
    return (await this.#post(restoreBody(row, effectiveHeaders(row), this.facts.profile))).id;
  }

  async remove(id: string): Promise<void> {
    try {
      await this.http.send({ method: 'DELETE', path: item(id) });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** Registered in Letta's own table; `live` as the MCP server says. The two are known to differ (letta#3285). */
  async tools(entry: Entry): Promise<LinkTools> {
    const registered = await this.http.ask(
      { method: 'GET', path: `${item(entry.id)}/tools` },
      toolListSchema,
    );
    const live = await this.#liveTools(entry.name);
    return { registered: names(registered), ...(live && { live }) };
  }

  /** The older route asks the MCP server itself. Not every server has it, nor can every Letta reach every server. */
  async #liveTools(name: string): Promise<string[] | undefined> {
    const path = `/v1/tools/mcp/servers/${encodeURIComponent(name.toWellFormed())}/tools`;
    try {
      return names(
        await this.http.ask({ method: 'GET', path, timeoutMs: CREATE_TIMEOUT_MS }, toolListSchema),
      );
    } catch (error) {
      if (error instanceof RemoteFailure) return undefined;
      throw error;
    }
  }

  async refreshTools(entry: Entry): Promise<ToolRefresh> {
    const path = `${item(entry.id)}/refresh`;
    const { added, updated, deleted } = await this.http.ask(
      { method: 'PATCH', path, timeoutMs: CREATE_TIMEOUT_MS },
      refreshSchema,
    );
    return { added, updated, deleted };
  }

  reauthorize(): Promise<never> {
    return Promise.reject(
      new AppError(
        'unsupported',
        'Letta signs in to a server when it first connects to it.',
        'Connect to the server in Letta’s own editor.',
      ),
    );
  }

  signInState(): Promise<'ended'> {
    return Promise.resolve('ended');
  }

  completeSignIn(): Promise<void> {
    return Promise.resolve();
  }
}

const names = (tools: { name: string }[]): string[] => tools.map(({ name }) => name).sort();

/** 404, and the 400 that a DELETE of an unknown id is answered with. */
function isGone(error: unknown): boolean {
  return (
    error instanceof RemoteFailure &&
    (error.status === 404 || (error.status === 400 && /not found/i.test(error.message)))
  );
}

async function versionOf(http: Http): Promise<string | undefined> {
  try {
    return (await http.ask({ method: 'GET', path: '/v1/health/' }, healthSchema)).version;
  } catch (error) {
    // The cloud may keep its health to itself; then the list says whether it is a Letta server at all.
    const isCloud = isCloudUrl(http.options.baseUrl);
    if (error instanceof RemoteFailure && (error.status === 404 || (isCloud && error.status !== undefined)))
      return undefined;
    throw error;
  }
}
