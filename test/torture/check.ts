import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Catalog } from '../../src-main/catalog/catalog.js';
import { isSecretRef, type Remote, type Server } from '../../src-main/contract/index.js';
import { secretIdsOf, Vault, type HelperProcess } from '../../src-main/vault/vault.js';
import { stampOf, valuesOf } from './desk.js';
import { GONE, type Entity, type Model } from './plan.js';

/** What may be found: for each name, the states that are right; `null` is "not there". */
export type Expected = Map<string, (Entity | null)[]>;

export type Findings = {
  /** Acknowledged edits that are not there, or edits that were refused and are. */
  lost: string[];
  /** Files that were torn, left over, or set aside although nothing was wrong with them. */
  torn: string[];
  /** Secrets nothing refers to, or references to nothing. */
  orphans: string[];
  /** Values of secrets outside the keychain. */
  leaks: string[];
  /** What is there now. */
  model: Model;
};

type Context = {
  dataDir: string;
  launchHelper: () => HelperProcess;
  /** How many secrets of the app the keychain holds. */
  countSecrets: () => Promise<number>;
};

/** Starts catalog and vault once more and looks whether everything is as it should be. */
export async function check(expected: Expected, context: Context): Promise<Findings> {
  const found: Findings = { lost: [], torn: [], orphans: [], leaks: [], model: {} };
  const { dataDir, launchHelper } = context;
  const catalog = await Catalog.open({ dataDir });
  const vault = await Vault.open({ dataDir, launchHelper, storage: () => 'keychain' });
  try {
    found.torn.push(...catalog.notices.map(({ title, detail }) => `${title}: ${detail}`));
    const entities = [...catalog.servers(), ...catalog.remotes()];
    const referenced = new Set(entities.flatMap((one) => [...secretIdsOf(one)]));
    await vault.sweep(referenced);
    for (const entity of entities) await lookAt(entity, vault, expected, found);
    for (const [name, states] of expected)
      if (!found.model[name] && !states.includes(null)) found.lost.push(`${name} is gone`);
    await lookAtHistory(catalog, found);
    await vault.status();
    const gone = Object.values(found.model).flatMap(({ secrets }) =>
      Object.values(secrets).filter((value) => value === GONE),
    ).length;
    const count = await context.countSecrets();
    if (count !== referenced.size - gone)
      found.orphans.push(`the keychain holds ${count} secrets, the catalog refers to ${referenced.size}`);
  } finally {
    await vault.dispose();
    await catalog.close();
  }
  await lookAtFiles(dataDir, found);
  return found;
}

async function lookAt(
  entity: Server | Remote,
  vault: Vault,
  expected: Expected,
  found: Findings,
): Promise<void> {
  const states = expected.get(entity.name) ?? [];
  const actual = await entityOf(entity, vault, states, found);
  found.model[entity.name] = actual;
  const right = states.some((state) => state !== null && isSame(state, actual));
  if (!right)
    found.lost.push(
      `${entity.name} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected.get(entity.name) ?? null)}`,
    );
}

/** A secret that may be gone may also still be there: its deletion had failed. */
function isSame(wanted: Entity, actual: Entity): boolean {
  const fields = Object.keys(wanted.secrets).sort();
  return (
    wanted.kind === actual.kind &&
    wanted.stamp === actual.stamp &&
    wanted.plain === actual.plain &&
    fields.join() === Object.keys(actual.secrets).sort().join() &&
    fields.every((field) => wanted.secrets[field] === GONE || wanted.secrets[field] === actual.secrets[field])
  );
}

async function entityOf(
  entity: Server | Remote,
  vault: Vault,
  states: readonly (Entity | null)[],
  found: Findings,
): Promise<Entity> {
  const secrets: Record<string, string> = {};
  let plain: string | undefined;
  for (const [field, value] of Object.entries(valuesOf(entity)))
    if (isSecretRef(value))
      secrets[field] = await vault.resolve(value).catch((error: Error) => {
        if (!states.some((state) => state?.secrets[field] === GONE))
          found.orphans.push(`${entity.name}.${field} (${value.secret}): ${error.message}`);
        return GONE;
      });
    else plain = value;
  const kind = 'transport' in entity ? 'server' : 'remote';
  return { kind, stamp: stampOf(entity), secrets, ...(plain !== undefined && { plain }) };
}

async function lookAtHistory(catalog: Catalog, found: Findings): Promise<void> {
  for (const kind of ['server', 'remote'] as const)
    for (const entity of kind === 'server' ? catalog.servers() : catalog.remotes()) {
      const [newest] = await catalog.history(kind, entity.id);
      if (newest?.revision !== entity.revision)
        found.torn.push(`the history of ${entity.name} ends at ${newest?.revision}, not ${entity.revision}`);
    }
}

const OURS = /^(catalog\.json|history\.jsonl|vault-journal\.jsonl|backups)$/;

async function lookAtFiles(dataDir: string, found: Findings): Promise<void> {
  const moved = Object.values(found.model).flatMap(({ secrets: { P } }) =>
    P && P !== GONE ? [`${P}"`] : [],
  );
  for (const entry of await readdir(dataDir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.parentPath === dataDir && !OURS.test(entry.name)) found.torn.push(`${path} was left over`);
    if (!entry.isFile()) continue;
    const text = await readFile(path, 'utf8');
    // `TUFSSy` is how base64 of a value that begins with "MARK-" begins.
    if (/MARK-|TUFSSy/.test(text)) found.leaks.push(path);
    for (const value of moved)
      if (text.includes(value)) found.leaks.push(`${path} holds ${value}, which was moved`);
    if (entry.name.endsWith('.json') && !isJson(text)) found.torn.push(`${path} is torn`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
