import { AppError, type Consent, type Outcome, type Problem, type StoredLink } from '../contract/index.js';
import { assess, entryOf, type Assessment, type Subject } from './assess.js';
import { makeBase } from './base.js';
import { RemoteFailure } from './http/failure.js';
import { withState, type LinkBook } from './link-book.js';
import { linkAfter } from './planner.js';
import { isSamePlace } from './place.js';
import type { SyncPorts } from './ports.js';
import { problemOf } from './problem.js';
import { pullPatch } from './pull.js';
import type { Desired, Entry, SignIn } from './remote-adapter.js';
import type { Round } from './round.js';
import { oauthOf, resolveCells } from './secrets.js';
import { queued, waitingForSignIn, withoutWish } from './queued.js';
import { notStored, notStoredProblem } from './verify.js';
import { isHalfReplaced, Writer } from './writer.js';

export type Wish = { resolve?: 'local' | 'remote' | undefined; consent: readonly Consent[] };
type Result = Omit<Outcome, 'linkId' | 'requests'>;

/** Brings one link after another of one remote in sync: write, read back, compare. */
export class Patcher {
  /** Set once the remote is away or wants peace: the rest is queued without asking it again. */
  #away: RemoteFailure | undefined;

  constructor(
    private readonly round: Round,
    private readonly book: LinkBook,
    private readonly ports: SyncPorts,
  ) {}

  /** Milliseconds the remote asked to be left in peace. */
  get retryAfterMs(): number | undefined {
    return this.#away?.retryAfterMs;
  }

  /** Never throws: what went wrong is in the outcome and in the link. */
  async patch(linkId: string, wish: Wish): Promise<Result> {
    try {
      return await this.#patch(linkId, wish).catch((error: unknown) =>
        this.#settleFailure(linkId, wish, error),
      );
    } catch (error) {
      // Not even the failure could be noted: the disk refused, or the app is ending.
      return { status: 'failed', verified: false, error: problemOf(error, this.ports.redact) };
    }
  }

  async #patch(linkId: string, wish: Wish): Promise<Result> {
    const waiting = await this.#followSignIn(this.round.subject(linkId));
    if (waiting) return waiting;
    let subject = this.round.subject(linkId);
    let found = await this.#assess(subject, wish);
    if (isWrite(found) && !this.round.isFresh) {
      // Somebody may have edited it since it was read, and no remote here would notice.
      if (found.entry && !found.changes.some(({ key }) => key === 'name'))
        await this.round.reread(found.entry.id);
      else await this.round.readAll();
      subject = this.round.subject(linkId);
      found = await this.#assess(subject, wish);
    }
    switch (found.step.action) {
      case 'none':
        return this.#settleEqual(subject, found);
      case 'conflict':
        return wish.resolve === 'remote' ? this.#pull(subject, found) : this.#settleConflict(subject, found);
      case 'blocked':
        return this.#settleBlocked(subject, found.step.warnings[0] ?? '', found.step.overridable);
      default:
        return this.#write(subject, found, wish);
    }
  }

  #assess(subject: Subject, { resolve }: Wish): Promise<Assessment> {
    return assess(subject, this.round.inventory, this.round.tools(subject.link.id), resolve);
  }

  async #settleEqual(subject: Subject, found: Assessment): Promise<Result> {
    const { link, server } = subject;
    const { entry } = found;
    if (entry && isHalfReplaced(link))
      await new Writer(this.round, this.book).complete(subject, entry, await this.#desired(found));
    await this.book.change(link.id, (now) =>
      this.#asOfNow(linkAfter(now, found, server, this.round.hasher), subject),
    );
    return { status: link.outbox ? 'synced' : 'unchanged', verified: true };
  }

  /** The server, or where the remote is, may have been edited since: then what was found equal is so no more. */
  #asOfNow(link: StoredLink, { server, remote }: Subject): StoredLink {
    const { catalog } = this.ports;
    if (link.state !== 'in_sync') return link;
    if (!isSamePlace(catalog.remote(remote.id), remote)) return withState(link, 'unknown');
    return catalog.server(server.id) === server ? link : withState(link, 'local_ahead');
  }

  async #settleConflict({ link, remote }: Subject, { relation, step }: Assessment): Promise<Result> {
    const fields = step.changes.map(({ field }) => field).join(', ');
    const error: Problem = {
      code: 'revision_conflict',
      message:
        relation === 'remote_ahead'
          ? `It was changed on ${remote.name}: ${fields}.`
          : `It was changed here and on ${remote.name}: ${fields}.`,
      hint: 'Look at both sides and choose which one to keep.',
    };
    const state = relation === 'remote_ahead' ? 'remote_ahead' : 'conflict';
    await this.book.change(link.id, (now) => withState(withoutWish(now), state, error));
    return { status: 'conflict', verified: false, error };
  }

  async #settleBlocked({ link, remote }: Subject, reason: string, isOverridable = false): Promise<Result> {
    const error: Problem = {
      code: 'unsupported',
      message: `${remote.name} cannot hold this: ${reason}`,
      hint: isOverridable
        ? 'Sync it with this computer’s side to patch it in without that, or change what is named.'
        : 'Change what is named, or remove the link.',
    };
    await this.book.change(link.id, (now) => withState(withoutWish(now), 'failed', error));
    return { status: 'blocked', verified: false, error };
  }

  async #write(subject: Subject, found: Assessment, { consent }: Wish): Promise<Result> {
    if (this.#away) throw this.#away;
    const missing = (found.step.requiresConsent ?? []).filter((one) => !consent.includes(one));
    if (missing.length > 0) return this.#askConsent(subject, found, missing);
    const desired = await this.#desired(found);
    const oauth = await oauthOf(subject.server, this.ports.resolve);
    if (oauth) desired.oauth = oauth;
    const { profile } = this.round.adapter;
    const written = await new Writer(this.round, this.book).write(subject, found, desired);
    if ('signIn' in written) return this.#waitForSignIn(subject, written.signIn);
    if (this.round.adapter.profile !== profile) await this.#projectAnew(subject, found, desired);
    return this.#settleWritten(subject, found, desired, written.entry, written.refusal);
  }

  async #desired({ name, projection }: Assessment): Promise<Desired> {
    await resolveCells(projection.cells, this.ports.resolve);
    return { name, cells: projection.cells };
  }

  /** The first entry of an empty gateway tells which version it is, and so what can be expected of it. */
  async #projectAnew({ server, link }: Subject, found: Assessment, desired: Desired): Promise<void> {
    const options = { name: found.name, references: link.references ?? {}, exists: true };
    found.projection = this.round.adapter.project(server, options);
    desired.cells = found.projection.cells;
    await resolveCells(desired.cells, this.ports.resolve);
  }

  async #askConsent({ link, server }: Subject, found: Assessment, missing: Consent[]): Promise<Result> {
    const why = found.step.warnings.slice(0, missing.length).join(' ');
    const error: Problem = {
      code: 'consent_required',
      message: `This needs your consent to ${missing.join(' and ')}. ${why}`,
      hint: 'Sync it again and agree to what is named.',
    };
    await this.book.change(link.id, (now) =>
      linkAfter(withoutWish({ ...now, state: 'unknown' }), found, server, this.round.hasher),
    );
    return { status: 'blocked', verified: false, error };
  }

  async #waitForSignIn({ link }: Subject, signIn: SignIn): Promise<Result> {
    const after = await this.book.change(link.id, (now) => waitingForSignIn(now, signIn));
    return { status: 'queued', verified: false, ...(after?.error && { error: after.error }) };
  }

  /** @returns a result while somebody still has to sign in, or will not any more */
  async #followSignIn({ link }: Subject): Promise<Result | undefined> {
    const { signIn } = link.outbox ?? {};
    if (!signIn) return undefined;
    const state = await this.round.adapter.signInState(signIn);
    const isOver = Date.parse(signIn.expiresAt) < Date.now();
    if (state === 'pending' && !isOver)
      return this.#waitForSignIn({ link } as Subject, { ...signIn, url: link.signInUrl ?? '' });
    if (state !== 'authorized') {
      const error: Problem = {
        code: 'remote_unauthorized',
        message: 'Nobody signed in in time, so the gateway gave the sign-in up.',
        hint: 'Sync again to begin another one.',
      };
      await this.book.change(link.id, (now) => withState(withoutWish(now), 'failed', error));
      return { status: 'failed', verified: false, error };
    }
    await this.round.adapter.completeSignIn(signIn);
    await this.book.change(link.id, ({ signInUrl: _done, outbox, ...rest }) => {
      if (!outbox) return rest;
      const { signIn: _over, ...kept } = outbox;
      return { ...rest, outbox: kept };
    });
    await this.round.readAll();
    await this.#takeOauthConfig(link.id);
    return undefined;
  }

  /** The gateway gives every sign-in an id of its own; a server that names one follows. */
  async #takeOauthConfig(linkId: string): Promise<void> {
    const { link, server } = this.round.subject(linkId);
    const entry = entryOf({ link }, this.round.inventory, this.round.tools(linkId));
    const cell = entry?.cells.get('transport.auth.oauthConfigId');
    if (
      !cell ||
      !('value' in cell) ||
      !('auth' in server.transport) ||
      server.transport.auth.type !== 'oauth'
    )
      return;
    const { oauthConfigId } = server.transport.auth;
    if (oauthConfigId === undefined || oauthConfigId === cell.value) return;
    await this.ports.updateServer(server.id, { transport: { auth: { oauthConfigId: cell.value } } });
  }

  /**
   * @param refusal why the change was refused where the old entry had to be put back: then nothing of it is there, even
   * where a gateway would show the new value just as it shows the old one
   */
  async #settleWritten(
    subject: Subject,
    { projection, base, changes }: Pick<Assessment, 'projection' | 'base' | 'changes'>,
    desired: Desired,
    entry: Entry,
    refusal: Problem | undefined,
  ): Promise<Result> {
    const { hasher, adapter } = this.round;
    const missing = notStored(
      desired.cells,
      base,
      entry.cells,
      { hasher, redact: adapter.redact },
      projection.ignores,
    );
    const error =
      refusal ??
      (missing.length > 0 ? notStoredProblem(missing, `${subject.remote.name} (${entry.name})`) : undefined);
    const differing = refusal ? [...changes, ...missing] : missing;
    const next = makeBase(
      { local: desired.cells, remote: entry.cells, before: base, differing, server: subject.server },
      hasher,
    );
    await this.book.change(subject.link.id, ({ outbox: _done, signInUrl: _over, ...rest }) => {
      const written: StoredLink = { ...rest, remoteEntryId: entry.id, remoteName: entry.name, base: next };
      if (error) return withState(written, 'failed', error);
      written.lastSyncedAt = new Date().toISOString();
      return this.#asOfNow(withState(written, 'in_sync'), subject);
    });
    return error ? { status: 'failed', verified: false, error } : { status: 'synced', verified: true };
  }

  /** Takes the remote's side into the local server. Writes nothing on the remote. */
  async #pull(subject: Subject, found: Assessment): Promise<Result> {
    const { link, server } = subject;
    const { entry } = found;
    if (!entry) throw new Error('a pull without an entry');
    let patch: Record<string, unknown>;
    try {
      patch = pullPatch(found.changes, entry, server);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problem = problemOf(error, this.ports.redact);
      await this.book.change(link.id, (now) => withState(withoutWish(now), 'conflict', problem));
      return { status: 'blocked', verified: false, error: problem };
    }
    await this.#updateServer(server.id, patch);
    const now = this.round.subject(link.id);
    // Whatever the server is called now, this is what it is called there.
    const before = { ...found.base, name: nameCell(entry, now.server.name, this.round.hasher) };
    const after = await this.#assess({ ...now, link: { ...now.link, base: before } }, { consent: [] });
    if (after.relation !== 'in_sync') return this.#settleConflict(now, after);
    // The base it was compared with is not the link's yet.
    const compared = { ...after, untouched: false };
    await this.book.change(link.id, (current) =>
      this.#asOfNow(linkAfter(current, compared, now.server, this.round.hasher), now),
    );
    return { status: 'synced', verified: true };
  }

  async #updateServer(serverId: string, patch: Record<string, unknown>): Promise<void> {
    try {
      await this.ports.updateServer(serverId, patch);
    } catch (error) {
      const isNameTaken = error instanceof AppError && error.code === 'name_taken' && 'name' in patch;
      if (!isNameTaken) throw error;
      const { name: _taken, ...rest } = patch;
      await this.ports.updateServer(serverId, rest);
    }
  }

  async #settleFailure(linkId: string, wish: Wish, error: unknown): Promise<Result> {
    const problem = problemOf(error, this.ports.redact);
    if (error instanceof RemoteFailure && error.transient) {
      // One that hangs may be the fault of a single sick server; the others are still tried.
      if (!error.unknown || error.retryAfterMs !== undefined) this.#away = error;
      await this.book.change(linkId, (link) => queued(link, wish, problem, error.retryAfterMs));
      return { status: 'queued', verified: false, error: problem };
    }
    const learned = this.#learnedBlock(linkId);
    if (learned) return this.#settleBlocked(this.round.subject(linkId), learned);
    await this.book.change(linkId, (now) => withState(withoutWish(now), 'failed', problem));
    return { status: 'failed', verified: false, error: problem };
  }

  /** A refusal may have told that this remote can never hold the server (local commands on a Letta that has them off). */
  #learnedBlock(linkId: string): string | undefined {
    try {
      const { link, server } = this.round.subject(linkId);
      const options = {
        name: link.remoteName,
        references: link.references ?? {},
        exists: link.base !== undefined,
      };
      return this.round.adapter.project(server, options).blocks[0];
    } catch {
      return undefined;
    }
  }
}

const isWrite = ({ step }: Assessment): boolean =>
  step.action === 'create' || step.action === 'update' || step.action === 'replace';

function nameCell(entry: Entry, serverName: string, hasher: Round['hasher']) {
  return { path: 'name', hash: hasher.value(entry.name), value: entry.name, named: hasher.value(serverName) };
}
