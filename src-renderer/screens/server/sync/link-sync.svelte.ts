import type { Consent, Outcome, Step } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { Action } from '../../../state/action.svelte.js';
import type { Side } from '../../../state/sync-panel.svelte.js';
import { unpatch } from '../../../state/sync-panel.svelte.js';

/** One link of a server: what syncing would do, and doing it. */
export class LinkSync {
  step = $state.raw<Step>();
  outcome = $state.raw<Outcome>();
  side = $state<Side>();
  consent = $state.raw<readonly Consent[]>([]);

  readonly planning = new Action(() => this.#plan());
  readonly applying = new Action(() => this.#apply());
  readonly removing = new Action((deleteRemote: boolean) => unpatch(this.linkId, deleteRemote));

  /** Something is left to be written. */
  readonly hasWork: boolean = $derived(
    this.step !== undefined &&
      !this.outcome &&
      this.step.action !== 'none' &&
      (this.step.action !== 'blocked' || this.step.overridable === true),
  );
  /** Everything that had to be agreed to or chosen has been. */
  readonly isReady: boolean = $derived(
    this.hasWork &&
      ((this.step?.action !== 'conflict' && this.step?.action !== 'blocked') || this.side !== undefined) &&
      (this.step?.requiresConsent ?? []).every((word) => this.consent.includes(word)),
  );

  constructor(readonly linkId: string) {}

  toggle(word: Consent): void {
    this.consent = this.consent.includes(word)
      ? this.consent.filter((other) => other !== word)
      : [...this.consent, word];
  }

  /** Reads the remote anew; what was agreed to before was about another plan. */
  plan(): void {
    this.outcome = undefined;
    this.side = undefined;
    this.consent = [];
    this.applying.clear();
    void this.planning.run();
  }

  async #plan(): Promise<void> {
    const { steps } = await rpc.call('sync.plan', { linkIds: [this.linkId] });
    this.step = steps[0];
  }

  async #apply(): Promise<void> {
    const { outcomes } = await rpc.call('sync.apply', {
      linkIds: [this.linkId],
      ...(this.side && { resolve: { [this.linkId]: this.side } }),
      consent: [...this.consent],
    });
    this.outcome = outcomes[0];
  }
}
