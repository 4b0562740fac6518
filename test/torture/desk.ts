import { isSecretRef } from '../../src-main/contract/index.js';
import { importText, installBundle } from './brought.js';
import { cordOf, entityOf, valuesOf } from './entity-of.js';
import { openInside, Refused } from './inside.js';
import { CORD, GONE, isArgument, PINNED, type Deed, type Entity, type Model, type Plan } from './plan.js';
import type { Random } from './random.js';

/** The app, and what the edits of the test mean to it. Nothing runs and nothing is sent. */
export async function openDesk(plan: Plan, onFault: (what: string, error: string) => void) {
  const { call, close } = await openInside(plan, onFault);
  const ids = new Map<string, string>();
  const revisions = new Map<string, number>();
  /** What each secret of this run is: those of earlier ones are gone once they are removed. */
  const values = new Map<string, string>();
  const learn = async (model: Model): Promise<void> => {
    const { servers, remotes, links } = await call('app.snapshot', {});
    for (const entity of [...servers, ...remotes]) {
      ids.set(entity.name, entity.id);
      revisions.set(entity.name, entity.revision);
      for (const [field, value] of Object.entries(valuesOf(entity))) {
        const known = model[entity.name]?.secrets[field];
        if (isSecretRef(value) && known !== undefined) values.set(value.secret, known);
      }
    }
    if (links[0]) ids.set(CORD, links[0].id);
  };
  await learn(plan.known);
  const idOf = (name: string): string => ids.get(name) as string;

  const edit = async (
    name: string,
    now: Entity | undefined,
    next: Entity | null,
    revision?: number,
  ): Promise<void> => {
    const id = idOf(name);
    const isServer = (next ?? now)?.kind === 'server';
    if (!next) await call(isServer ? 'server.remove' : 'remote.remove', { id });
    else if (!now && isServer) await call('server.create', { server: serverOf(name, next, now) });
    else if (!now) await call('remote.create', { remote: remoteOf(name, next, now) });
    else {
      const patch = isServer ? serverOf(name, next, now) : remoteOf(name, next, now);
      await call(isServer ? 'server.update' : 'remote.update', { id, patch, revision });
    }
  };
  const takeBack = async (name: string): Promise<void> => {
    const entry = (await call('edit.list', {})).undo.find((one) => one.ids.includes(idOf(name)));
    // The book lists the last twenty: an older one is out of reach by now, as it is for a person.
    if (!entry) throw new Refused('not listed any more', 'not_found', true);
    await call('edit.undo', { id: entry.id });
  };
  const move = async (name: string): Promise<void> => {
    const { failed } = await call('secret.move', { items: [{ id: idOf(name), path: 'transport.env.P' }] });
    if (failed[0]) throw new Refused(failed[0].message, 'keychain_unavailable', true);
  };
  const patch = async (now: Entity | undefined, next: Entity | null): Promise<void> => {
    if (!next) await call('link.remove', { id: idOf(CORD), deleteRemote: false });
    else if (!now)
      await call('link.create', { serverId: idOf(PINNED.server), remoteId: idOf(PINNED.remote) });
    else {
      const references = JSON.parse(next.stamp) as Record<string, string>;
      await call('link.references', { id: idOf(CORD), references });
    }
  };
  const act: Record<Deed, typeof edit> = {
    edit,
    undo: takeBack,
    move,
    cord: (_name, now, next) => patch(now, next),
    settings: async (_name, _now, next) =>
      void (await call('settings.update', { patch: { logLimitMb: Number(next?.stamp) } })),
    import: (name, _now, next) => importText(call, name, next as Entity),
    bundle: (name, _now, next) => installBundle(call, name, next as Entity),
  };

  return {
    async perform(how: Deed, name: string, now: Entity | undefined, next: Entity | null) {
      await act[how](name, now, next);
      if (next) await learn({ [name]: next });
    },

    /** Two windows edit what both of them have loaded. @returns for each whether it was saved, or why not */
    async race(name: string, now: Entity, nexts: [Entity, Entity]): Promise<unknown[]> {
      const revision = revisions.get(name);
      const ended = await Promise.allSettled(nexts.map((next) => edit(name, now, next, revision)));
      const saved = nexts.find((_next, index) => ended[index]?.status === 'fulfilled');
      if (saved) await learn({ [name]: saved });
      return ended.map((one) => (one.status === 'fulfilled' ? 'saved' : (one.reason as unknown)));
    },

    /** A backup, what going back to it makes of whom, and the way to do it. */
    async chooseBackup(random: Random) {
      const { backups } = await call('backup.list', {});
      if (backups.length === 0) return undefined;
      const { name } = random.pick(backups);
      const next: Model = {};
      for (const { kind, then } of (await call('backup.preview', { name })).differences)
        if (kind === 'link') next[CORD] = cordOf(then);
        else next[then.name] = await entityOf(then, (_field, id) => values.get(id) ?? GONE);
      const restore = async (): Promise<void> => {
        await call('backup.restore', { name });
        await learn(next);
      };
      return { next, restore };
    },

    close,
  };
}

// The input or patch that leads from `now` to `next`. In an input nothing is taken away.

type Given = { newSecret: string };

function changesOf(next: Entity, now: Entity | undefined): Record<string, Given> {
  const before = now?.secrets ?? {};
  const changed: Record<string, Given | null> = {};
  for (const [field, value] of Object.entries(next.secrets))
    if (before[field] !== value) changed[field] = { newSecret: value };
  for (const field of Object.keys(before)) if (!(field in next.secrets)) changed[field] = null;
  return changed as Record<string, Given>;
}

function serverOf(name: string, next: Entity, now: Entity | undefined) {
  const env: Record<string, Given | string> = changesOf(next, now);
  const transport = { type: 'stdio' as const, command: 'true', env };
  const server = { name, description: next.stamp, transport };
  if (isArgument(next)) return { ...server, transport: { ...transport, args: [`--token=${next.plain}`] } };
  if (next.plain !== undefined) env['P'] = next.plain;
  // The arguments of a bundle are its own.
  return now && isArgument(now) ? { ...server, transport: { ...transport, args: [] } } : server;
}

function remoteOf(name: string, next: Entity, now: Entity | undefined) {
  const { token } = changesOf(next, now);
  return {
    name,
    kind: 'letta' as const,
    // Nobody listens there: what is asked in the background is refused at once.
    baseUrl: 'http://127.0.0.1:9',
    headers: { 'X-Stamp': next.stamp },
    ...(token && { auth: { type: 'bearer' as const, token } }),
  };
}
