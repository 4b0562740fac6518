import type { ClientBackup, ClientCell, ClientChange, ExportForm } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { Action } from './action.svelte.js';
import { catalog } from './catalog.svelte.js';
import { clients } from './clients.svelte.js';

/** What the panel is about to do with the client's file. */
export type ExportMode = 'write' | 'remove' | 'undo';
export type FileChange = {
  path: string;
  before: string;
  after: string;
  warnings: string[];
  replaces?: string[];
};

/** The panel over one AI client's file: what would be written into it, taken out of it, or put back, and doing so. */
class ExportPanel {
  open = $state(false);
  client = $state('');
  serverIds = $state.raw<readonly string[]>([]);
  mode = $state<ExportMode>('write');
  /** Undefined: an entry keeps the form it has. */
  form = $state<ExportForm>();
  plainSecrets = $state(false);
  /** The backup that would be put back. */
  backup = $state<string>();
  change = $state.raw<FileChange>();
  /** The person's yes to what `change` replaces that Jackfield never wrote. It is said anew for each change shown. */
  mayReplace = $state(false);
  differences = $state.raw<readonly ClientChange[]>([]);
  backups = $state.raw<readonly ClientBackup[]>([]);
  /** What was done, once it is. */
  done = $state.raw<{ mode: ExportMode; path: string; backup?: string; warnings: string[] }>();

  readonly previewing = new Action(() => this.#preview());
  readonly applying = new Action(() => this.#apply());
  readonly pulling = new Action(() => this.#pull());
  readonly forgetting = new Action(() => this.#forget());

  readonly title: string = $derived(clients.column(this.client)?.title ?? this.client);
  /** The jack the panel stands over, where it is one. */
  readonly cell: ClientCell | undefined = $derived(
    this.serverIds.length === 1 ? clients.cellAt(this.serverIds[0] ?? '', this.client) : undefined,
  );
  /** Entries of the file that Jackfield never wrote, and that would be replaced. */
  readonly replaces: readonly string[] = $derived(this.change?.replaces ?? []);
  /** The form that would be written. */
  readonly formNow: ExportForm = $derived(this.form ?? this.cell?.form ?? 'direct');
  readonly secretCount: number = $derived(
    this.serverIds.filter((id) => /"secret":/.test(JSON.stringify(catalog.server(id)?.transport ?? null)))
      .length,
  );

  /** Opens over one jack, or over several servers of one client. */
  show(client: string, serverIds: readonly string[], mode: ExportMode = 'write'): void {
    this.client = client;
    this.serverIds = serverIds;
    this.mode = mode;
    this.form = undefined;
    this.plainSecrets = this.cell?.plainSecrets === true;
    this.backup = undefined;
    this.differences = [];
    this.backups = [];
    this.done = undefined;
    for (const action of [this.previewing, this.applying, this.pulling, this.forgetting]) action.clear();
    this.open = true;
    this.replan();
    void this.#readRest();
  }

  close(): void {
    this.open = false;
  }

  turnTo(mode: ExportMode, backup?: string): void {
    this.mode = mode;
    this.backup = backup;
    this.done = undefined;
    this.applying.clear();
    this.replan();
  }

  /** Shows the change anew: after a choice, or after the file was changed behind the panel. */
  replan(): void {
    this.change = undefined;
    this.mayReplace = false;
    this.#again = this.previewing.busy;
    if (!this.#again) void this.previewing.run();
  }
  #again = false;

  async #preview(): Promise<void> {
    do {
      this.#again = false;
      const change = await this.#ask();
      if (!this.#again) this.change = change;
    } while (this.#again);
  }

  #ask(): Promise<FileChange> {
    const { client } = this;
    if (this.mode === 'undo')
      return rpc.call('export.undoPreview', { client, ...(this.backup && { backup: this.backup }) });
    if (this.mode === 'remove')
      return rpc.call('export.removePreview', { client, serverIds: [...this.serverIds], ...this.#entries() });
    return rpc.call('export.preview', this.#wish());
  }

  async #apply(): Promise<void> {
    const { client, mode } = this;
    const result =
      mode === 'undo'
        ? await rpc.call('export.undo', { client, ...(this.backup && { backup: this.backup }) })
        : mode === 'remove'
          ? await rpc.call('export.remove', { client, serverIds: [...this.serverIds], ...this.#entries() })
          : await rpc.call('export.apply', this.#wish());
    this.done = { mode, ...result };
    await clients.refresh([client]);
    void this.#readRest();
  }

  async #pull(): Promise<void> {
    const [serverId = ''] = this.serverIds;
    const { server } = await rpc.call('client.pull', { client: this.client, serverId });
    catalog.change({ servers: [server] });
    await clients.refresh([this.client]);
    this.replan();
    void this.#readRest();
  }

  async #forget(): Promise<void> {
    const [serverId = ''] = this.serverIds;
    await rpc.call('client.forget', { client: this.client, serverId });
    await clients.refresh([this.client]);
    this.close();
  }

  /** Whose entry was found there without ever being written by us is named by its name in the file. */
  #entries(): { entries?: string[] } {
    return this.cell?.state === 'found' ? { entries: [this.cell.entry] } : {};
  }

  #wish() {
    return {
      client: this.client,
      serverIds: [...this.serverIds],
      plainSecrets: this.plainSecrets && this.formNow === 'direct',
      ...(this.form && { form: this.form }),
    };
  }

  /** What is told besides the change: earlier copies of the file, and who changed what. Neither is worth an error. */
  async #readRest(): Promise<void> {
    const { client, cell } = this;
    const [serverId = ''] = this.serverIds;
    const [backups, differences] = await Promise.all([
      rpc.call('export.backups', { client }).then(
        (answer) => answer.backups,
        () => [],
      ),
      cell && cell.state !== 'in_sync' && cell.state !== 'missing'
        ? rpc.call('client.diff', { client, serverId }).then(
            (answer) => answer.changes,
            () => [],
          )
        : [],
    ]);
    if (client !== this.client) return;
    this.backups = backups;
    this.differences = differences;
  }
}

export const exportPanel = new ExportPanel();
