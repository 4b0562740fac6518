import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BifrostVersion } from '../fakes/bifrost/index.js';
import { SyncRig } from '../support/sync-rig.js';

/** Two URLs that a gateway hides are shown alike: what it shows then says nothing of which one it has. */
const OLD = 'https://one.example.com/mcp';
const NEW = 'https://two.example.com/mcp';

let rig: SyncRig;
beforeEach(() => void (rig = SyncRig.inMemory()));
afterEach(() => rig[Symbol.asyncDispose]());

/** A gateway that has the old URL, and a server that has the new one by now. */
async function moved(version: BifrostVersion) {
  const { fake, remote } = await rig.bifrost({ version });
  const server = await rig.server({ name: 'one', transport: { type: 'sse', url: OLD } });
  const { linkId } = await rig.patch(server, remote);
  await rig.update(server.id, { transport: { url: NEW } });
  return { fake, linkId };
}

describe('a change that a gateway shows just as what was there before', () => {
  it('counts as sent only once it is, where the connection broke off', async () => {
    const { fake, linkId } = await moved('1.4');
    fake.faults.add({ kind: 'drop' }, { method: 'PUT' });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'queued', verified: false });
    expect(fake.state.find('one')?.connection_string).toBe(OLD);
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    expect(fake.state.find('one')?.connection_string).toBe(NEW);
  });

  it('is still to be sent, where it was refused and the old entry put back', async () => {
    const { fake, linkId } = await moved('1.5');
    fake.faults.add({ kind: 'html' }, { method: 'POST' });
    const refused = await rig.apply(linkId, { consent: ['replace'] });
    expect(refused).toMatchObject({ status: 'failed', verified: false });
    expect(refused.error?.message).toMatch(/put back/);
    expect(fake.state.find('one')?.connection_string).toBe(OLD);
    await rig.plan(linkId);
    expect(rig.link(linkId).state).not.toBe('in_sync');
    expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({ status: 'synced' });
    expect(fake.state.find('one')?.connection_string).toBe(NEW);
  });
});
