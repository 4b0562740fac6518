import type { Problem, StoredLink } from '../contract/index.js';
import type { Assessment, Subject } from './assess.js';
import { contentHash } from './cells.js';
import { RemoteFailure } from './http/failure.js';
import { withState, type LinkBook } from './link-book.js';
import { wishOf } from './queued.js';
import type { Desired, Entry, SignIn } from './remote-adapter.js';
import type { Round } from './round.js';
import { notStored } from './verify.js';

type Outbox = NonNullable<StoredLink['outbox']>;
export type Written = { entry: Entry; refusal?: Problem } | { signIn: SignIn };

/** Whether the entry there, if there is one, is the new one of a replacement: the create is noted after the delete. */
export const isHalfReplaced = ({ outbox }: StoredLink): boolean =>
  outbox?.restore !== undefined && outbox.creating !== undefined;

/**
 * Creates, updates or replaces one entry and reads it back. Where an answer never came it looks before anything is
 * repeated: a create that was carried out after all must not make a second entry.
 */
export class Writer {
  constructor(
    private readonly round: Round,
    private readonly book: LinkBook,
  ) {}

  /** @throws RemoteFailure */
  async write(subject: Subject, found: Assessment, desired: Desired): Promise<Written> {
    const entry = found.entry && (await this.complete(subject, found.entry, desired));
    if (!entry) return this.#create(subject, found, desired, subject.link.remoteEntryId);
    if (found.step.action === 'replace') return this.#replace(subject, found, entry, desired);
    return { entry: await this.#update(found, entry, desired) };
  }

  /** Gives the new entry of a replacement what belonged to the old one, also where it was cut off before that. */
  async complete({ link }: Subject, entry: Entry, desired: Desired): Promise<Entry> {
    const { restore } = link.outbox ?? {};
    if (!restore || !isHalfReplaced(link)) return entry;
    await this.round.adapter.giveBack(entry.id, desired, restore);
    return (await this.round.reread(entry.id)) ?? entry;
  }

  async #update({ changes }: Assessment, entry: Entry, desired: Desired): Promise<Entry> {
    try {
      await this.round.adapter.update(entry, desired, changes);
    } catch (error) {
      // A gateway answers 500 as well where it has stored the change and something else went wrong.
      const mayBeStored = error instanceof RemoteFailure && (error.unknown || (error.status ?? 0) >= 500);
      if (!mayBeStored) throw error;
      // Carried out or not: what it shows now decides. Where even that cannot be read, or a gateway would show the new
      // value just as it shows the old one, the outbox tries again.
      const now = await this.round.reread(entry.id);
      if (!now || this.#missing(desired, now).length > 0) throw error;
      if (changes.some(({ key }) => this.#shows(now, key) === this.#shows(entry, key))) throw error;
      return now;
    }
    const now = await this.round.reread(entry.id);
    if (now) return now;
    throw gone(desired);
  }

  #shows({ cells }: Entry, key: string): string | undefined {
    const cell = cells.get(key);
    return cell && this.round.hasher.shown(cell);
  }

  #missing(desired: Desired, entry: Entry) {
    const { hasher, adapter } = this.round;
    return notStored(desired.cells, {}, entry.cells, { hasher, redact: adapter.redact }, [
      'transport.auth.oauthConfigId',
    ]);
  }

  async #create(
    subject: Subject,
    found: Assessment,
    desired: Desired,
    oldId: string | undefined,
  ): Promise<Written> {
    const { adapter } = this.round;
    const { link } = subject;
    const id = adapter.newId() === undefined ? undefined : (oldId ?? adapter.newId());
    await this.#noteCreate(link.id, desired, id);
    const made = await this.#made(link.id, desired, id);
    if (made.signIn) return { signIn: made.signIn };
    let entry = made.id === undefined ? undefined : await this.round.reread(made.id);
    if (!entry) throw gone(desired);
    entry = await this.complete({ ...subject, link: this.book.must(link.id) }, entry, desired);
    // Some fields cannot be given when an entry is made (prices); an entry from a lost answer may be an older wish.
    const missing = this.#missing(desired, entry);
    if (missing.length > 0) entry = await this.#update({ ...found, changes: missing }, entry, desired);
    return { entry };
  }

  async #made(
    linkId: string,
    desired: Desired,
    id: string | undefined,
  ): Promise<{ id?: string; signIn?: SignIn }> {
    try {
      return await this.round.adapter.create(desired, id);
    } catch (error) {
      if (!(error instanceof RemoteFailure)) throw error;
      const found = await this.#lookUp(error, desired, id);
      if (found) return { id: found.id };
      if (!error.unknown) await this.#note(linkId, { creating: undefined });
      throw error;
    }
  }

  /** Whether the entry stands although the create did not end well. */
  async #lookUp(error: RemoteFailure, desired: Desired, id: string | undefined): Promise<Entry | undefined> {
    const mayExist = error.unknown || error.status === 409 || (error.status ?? 0) >= 500;
    if (!mayExist) return undefined;
    try {
      await this.round.readAll();
    } catch {
      // Still away: the mark of the create stays, and the next try looks first.
      return undefined;
    }
    const { entries } = this.round.inventory;
    if (id !== undefined) return entries.get(id);
    const named = [...entries.values()].find(({ name }) => name === desired.name);
    // A name that is taken says nothing of who took it, unless what stands there is what was sent.
    return named && this.#missing(desired, named).length === 0 ? named : undefined;
  }

  async #replace(subject: Subject, found: Assessment, entry: Entry, desired: Desired): Promise<Written> {
    const { adapter } = this.round;
    const { link } = subject;
    const before = knownBefore(found, entry, desired);
    const restore = adapter.belongings(entry);
    // Noted first: after the delete this is all that is left of it.
    await this.#note(link.id, { ...(restore && { restore }), creating: undefined, consent: ['replace'] });
    await adapter.remove(entry.id);
    // One that is still there would be taken for the new one.
    if (await this.round.reread(entry.id)) throw stillThere(subject.remote.name);
    const noted: Subject = { ...subject, link: this.round.subject(link.id).link };
    try {
      return await this.#create(noted, found, desired, entry.id);
    } catch (error) {
      if (!(error instanceof RemoteFailure) || error.transient) throw error;
      if (before) await this.#noteCreate(link.id, before, entry.id);
      const id = await adapter.putBack(entry, before);
      const old = id === undefined ? undefined : await this.round.reread(id);
      if (!old) throw error;
      const { code, message, hint } = error.toProblem();
      return {
        entry: old,
        refusal: { code, message: `${message} The entry that was there before has been put back.`, hint },
      };
    }
  }

  /** On disk before anything is sent that a crash must not lose sight of. */
  async #note(linkId: string, more: { [K in keyof Outbox]?: Outbox[K] | undefined }): Promise<void> {
    await this.book.change(linkId, (link) => {
      const outbox = { ...wishOf(link), ...more };
      // A crash from here on leaves a wish that the next start goes on with.
      return withState({ ...link, outbox: outbox as Outbox }, 'queued');
    });
  }

  /** What is about to be made, so that it is known again should its answer get lost. */
  #noteCreate(linkId: string, desired: Desired, id: string | undefined): Promise<void> {
    const sent = contentHash(desired.cells, this.round.hasher);
    const mark = this.round.adapter.newId() === undefined ? { sent } : { id };
    return this.#note(linkId, { creating: { name: desired.name, ...mark } as Outbox['creating'] });
  }
}

/** What stood there, as far as it is known: a redaction is filled in where the value has not changed since. */
function knownBefore({ changes }: Assessment, entry: Entry, desired: Desired): Desired | undefined {
  const changed = new Map(changes.map((change) => [change.key, change]));
  const cells: Desired['cells'] = new Map();
  for (const [key, theirs] of entry.cells) {
    const { path, name } = theirs;
    const cell = { path, ...(name !== undefined && { name }) };
    const old = changed.get(key)?.base?.value;
    if ('value' in theirs) cells.set(key, { ...cell, value: theirs.value });
    else if (!changed.has(key)) cells.set(key, { ...cell, value: desired.cells.get(key)?.value ?? '' });
    else if (old !== undefined) cells.set(key, { ...cell, value: old });
    else return undefined;
  }
  return { name: entry.name, cells };
}

/** A delete that was answered and not carried out. */
export function stillThere(remoteName: string): RemoteFailure {
  return new RemoteFailure(
    'remote_rejected',
    `"${remoteName}" answered that it deleted the entry, and still lists it.`,
    'Delete it there, then sync again or remove the link here.',
  );
}

function gone({ name }: Desired): RemoteFailure {
  return new RemoteFailure(
    'remote_rejected',
    `The remote took "${name}" and does not list it.`,
    'Somebody may have deleted it at the same moment, or the gateway prunes what its config.json does not name. Sync again.',
  );
}
