import { expect } from 'vitest';
import type { Remote, Server, ServerInput } from '../../src-main/contract/index.js';
import { SyncRig } from '../support/sync-rig.js';
import type { BifrostPeer, Held } from './bifrost-peer.js';

export type Patched = { server: Server; linkId: string; held: () => Promise<Held> };

/** A rig patched into one gateway, on which one entry stands that no link names: the bystander. */
export class BifrostBench {
  #count = 0;

  private constructor(
    readonly rig: SyncRig,
    readonly peer: BifrostPeer,
    readonly remote: Remote,
  ) {}

  static async open(openPeer: () => Promise<BifrostPeer>): Promise<BifrostBench> {
    const peer = await openPeer();
    const rig = SyncRig.inMemory();
    try {
      const remote = await rig.remote({ kind: 'bifrost', name: 'Gate', allowInsecure: true, ...peer.remote });
      const bench = new BifrostBench(rig, peer, remote);
      const other = await rig.server({
        name: bench.bystander,
        transport: { type: 'streamable_http', url: peer.urls.streamable_http[0] },
      });
      const { linkId } = await bench.patch(other);
      await rig.sync.unlink(linkId, false);
      await rig.catalog.edit((tx) => tx.remove('servers', other.id));
      return bench;
    } catch (error) {
      await rig[Symbol.asyncDispose]();
      await peer.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    try {
      await this.rig[Symbol.asyncDispose]();
    } finally {
      await this.peer.close();
    }
  }

  get bystander(): string {
    return `${this.peer.prefix}bystander`;
  }

  fresh(): string {
    return `${this.peer.prefix}s${(this.#count += 1)}`;
  }

  async patch(server: Server): Promise<{ linkId: string }> {
    const { linkId, outcome } = await this.rig.patch(server, this.remote);
    expect(outcome).toMatchObject({ status: 'synced', verified: true });
    return { linkId };
  }

  async patched(input: ServerInput): Promise<Patched> {
    const server = await this.rig.server(input);
    const { linkId } = await this.patch(server);
    await this.isQuiet(linkId);
    return { server, linkId, held: () => this.held(linkId) };
  }

  async held(linkId: string): Promise<Held> {
    const held = await this.peer.held(this.rig.link(linkId).remoteEntryId);
    if (!held) throw new Error('The gateway holds no such client.');
    return held;
  }

  async isQuiet(linkId: string): Promise<void> {
    expect(this.rig.link(linkId).state).toBe('in_sync');
    const before = this.peer.writes();
    expect(await this.rig.apply(linkId)).toMatchObject({ status: 'unchanged', verified: true });
    expect(this.peer.writes()).toBe(before);
  }

  async change(
    server: Server,
    linkId: string,
    patch: Record<string, unknown>,
    isReplace = false,
  ): Promise<void> {
    await this.rig.update(server.id, patch);
    await expect.poll(() => this.rig.link(linkId).state).toBe('local_ahead');
    const step = await this.rig.plan(linkId);
    expect(step.action).toBe(isReplace ? 'replace' : 'update');
    if (isReplace) {
      const before = await this.held(linkId);
      expect(await this.rig.apply(linkId)).toMatchObject({
        status: 'blocked',
        error: { code: 'consent_required' },
      });
      expect(await this.held(linkId)).toEqual(before);
    }
    expect(await this.rig.apply(linkId, isReplace ? { consent: ['replace'] } : {})).toMatchObject({
      status: 'synced',
      verified: true,
    });
    await this.isQuiet(linkId);
  }
}
