import { backupMethods } from '../../src-main/app/methods/backup-methods.js';
import { secretMethods } from '../../src-main/app/methods/secret-methods.js';
import { createEntity, removeEntity, REMOTES, SERVERS, updateEntity } from '../../src-main/app/entities.js';
import type { Parts } from '../../src-main/app/parts.js';
import { undo } from '../../src-main/app/undo/undo.js';
import { UndoBook } from '../../src-main/app/undo/undo-book.js';
import { referredSecrets } from '../../src-main/app/with-secrets.js';
import { Catalog } from '../../src-main/catalog/catalog.js';
import { isSecretRef, type Remote, type Server, type Value } from '../../src-main/contract/index.js';
import { launchNodeHelper } from '../../src-main/vault/node-helper.js';
import { Vault } from '../../src-main/vault/vault.js';
import { withKeychainFaults } from './faults.js';
import { GONE, type Entity, type How, type Kind, type Model, type Plan } from './plan.js';
import type { Random } from './random.js';

/** Every Value of an entity that the test looks at. */
export function valuesOf(entity: Server | Remote): Record<string, Value> {
  if ('transport' in entity) return entity.transport.type === 'stdio' ? entity.transport.env : {};
  return entity.auth.type === 'bearer' ? { token: entity.auth.token } : {};
}

export const stampOf = (entity: Server | Remote): string =>
  'transport' in entity ? entity.description : String(entity.headers['X-Stamp']);

/** Catalog and vault opened as the app does, and the app's own functions over them. Nothing runs and nothing is sent. */
export async function openDesk(plan: Plan) {
  const catalog = await Catalog.open({ dataDir: plan.dataDir });
  const launchHelper = withKeychainFaults(() => launchNodeHelper(plan.helper), plan.fault);
  const vault = await Vault.open({ dataDir: plan.dataDir, launchHelper, storage: () => 'keychain' });
  const swept = vault.sweep(referredSecrets(catalog));
  const nothing = (): Promise<void> => Promise.resolve();
  const parts = {
    ...{ catalog, vault, undo: new UndoBook(() => undefined) },
    ...{ runtime: { stop: nothing, forget: nothing, strikeLog: nothing }, sync: { plan: nothing } },
    ...{ activity: { add: () => undefined }, notify: () => undefined },
  } as unknown as Parts;
  const ids = new Map<string, string>();
  /** What each secret of this run is: those of earlier ones are gone once they are removed. */
  const values = new Map<string, string>();
  const learn = (model: Model): void => {
    for (const entity of [...catalog.servers(), ...catalog.remotes()]) {
      ids.set(entity.name, entity.id);
      for (const [field, value] of Object.entries(valuesOf(entity))) {
        const known = model[entity.name]?.secrets[field];
        if (isSecretRef(value) && known !== undefined) values.set(value.secret, known);
      }
    }
  };
  learn(plan.known);

  const edit = async (name: string, now: Entity | undefined, next: Entity | null): Promise<void> => {
    const { kind } = (next ?? now) as { kind: Kind };
    const of = (kind === 'server' ? SERVERS : REMOTES) as typeof SERVERS;
    const id = ids.get(name) as string;
    if (!next) await removeEntity(parts, of, id);
    else if (!now) await createEntity(parts, of, inputOf(name, next, {}));
    else await updateEntity(parts, of, { id, patch: inputOf(name, next, now.secrets) });
  };
  const takeBack = async (name: string): Promise<void> => {
    const id = ids.get(name) as string;
    const entry = parts.undo.list().undo.find((one) => one.ids.includes(id));
    // The book lists the last twenty: an older one is out of reach by now, as it is for a person.
    if (!entry) throw Object.assign(new Error('not listed any more'), { code: 'not_found' });
    await undo(parts, 'undo', entry.id);
  };
  const move = async (name: string): Promise<void> => {
    const items = [{ id: ids.get(name) as string, path: 'transport.env.P' }];
    const { failed } = await secretMethods(parts)['secret.move']({ items });
    if (failed[0]) throw Object.assign(new Error(failed[0].message), { code: 'keychain_unavailable' });
  };

  return {
    async perform(how: How, name: string, now: Entity | undefined, next: Entity | null): Promise<void> {
      if (how === 'undo') await takeBack(name);
      else if (how === 'move') await move(name);
      else await edit(name, now, next);
      if (next) learn({ [name]: next });
    },

    /** A backup, what going back to it makes of whom, and the way to do it. */
    async chooseBackup(random: Random, model: Model) {
      const backups = await catalog.backups();
      if (backups.length === 0) return undefined;
      const { name } = random.pick(backups);
      const file = await catalog.backup(name);
      const next: Model = {};
      for (const entity of [...file.servers, ...file.remotes]) {
        const state = stateOf(entity, values);
        if (JSON.stringify(state) !== JSON.stringify(model[entity.name])) next[entity.name] = state;
      }
      const restore = async (): Promise<void> => {
        await backupMethods(parts)['backup.restore']({ name });
        learn(next);
      };
      return { next, restore };
    },

    async close(): Promise<void> {
      await swept.catch(() => undefined);
      await vault.dispose();
      await catalog.close();
    },
  };
}

function stateOf(entity: Server | Remote, values: ReadonlyMap<string, string>): Entity {
  const secrets: Record<string, string> = {};
  let plain: string | undefined;
  for (const [field, value] of Object.entries(valuesOf(entity)))
    if (isSecretRef(value)) secrets[field] = values.get(value.secret) ?? GONE;
    else plain = value;
  const kind = 'transport' in entity ? 'server' : 'remote';
  return { kind, stamp: stampOf(entity), secrets, ...(plain !== undefined && { plain }) };
}

/** The input or patch that leads to `next`. */
function inputOf(name: string, next: Entity, before: Record<string, string>): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(next.secrets))
    if (before[field] !== value) changed[field] = { newSecret: value };
  for (const field of Object.keys(before)) if (!(field in next.secrets)) changed[field] = null;
  if (next.plain !== undefined) changed['P'] = next.plain;
  if (next.kind === 'server')
    return {
      name,
      description: next.stamp,
      transport: { type: 'stdio', command: 'true', env: changed },
    };
  return {
    name,
    kind: 'letta',
    baseUrl: 'https://letta.example.org',
    headers: { 'X-Stamp': next.stamp },
    ...('token' in changed && { auth: { type: 'bearer', token: changed['token'] } }),
  };
}
