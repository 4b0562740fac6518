import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Catalog } from '../../src-main/catalog/catalog.js';
import { Bundles } from '../../src-main/interchange/bundle/bundles.js';
import { secretIdsOf, Vault, type HelperProcess } from '../../src-main/vault/vault.js';
import { cordOf, entityOf } from './entity-of.js';
import { BUNDLED, CORD, GONE, SETTINGS, type Entity, type Model } from './plan.js';

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
  /** The accounts of the app in the keychain. */
  accounts: () => Promise<string[]>;
};

/** What the vault tries the keychain with stands there for a moment, also after a kill in that moment. */
const CANARY = 'availability-check';

/** Starts catalog and vault once more and looks whether everything is as it should be. */
export async function check(expected: Expected, context: Context): Promise<Findings> {
  const found: Findings = { lost: [], torn: [], orphans: [], leaks: [], model: {} };
  const { dataDir, launchHelper } = context;
  const catalog = await Catalog.open({ dataDir });
  const vault = await Vault.open({
    dataDir,
    launchHelper,
    storage: () => 'keychain',
    traces: catalog.traces,
  });
  try {
    // That an earlier schema was taken over is told, and is no damage.
    const notices = catalog.notices.filter(({ title }) => !/brought up to date/.test(title));
    found.torn.push(...notices.map(({ title, detail }) => `${title}: ${detail}`));
    const referenced = new Set(
      [...catalog.servers(), ...catalog.remotes()].flatMap((one) => [...secretIdsOf(one)]),
    );
    await vault.sweep(referenced);
    await lookAtRecords(catalog, vault, expected, found);
    await lookAtHistory(catalog, found);
    await new Bundles({ dataDir }).sweep(catalog.servers());
    await lookAtBundles(catalog, found);
    for (const id of await context.accounts())
      if (id !== CANARY && !referenced.has(id)) found.orphans.push(`nothing refers to ${id}`);
  } finally {
    await vault.dispose();
    await catalog.close();
  }
  await lookAtFiles(dataDir, found);
  return found;
}

async function lookAtRecords(
  catalog: Catalog,
  vault: Vault,
  expected: Expected,
  found: Findings,
): Promise<void> {
  for (const entity of [...catalog.servers(), ...catalog.remotes()]) {
    const states = expected.get(entity.name) ?? [];
    const actual = await entityOf(entity, (field, secret) =>
      vault.resolve({ secret }).catch((error: Error) => {
        if (!states.some((state) => state?.secrets[field] === GONE))
          found.orphans.push(`${entity.name}.${field} (${secret}): ${error.message}`);
        return GONE;
      }),
    );
    lookAt(entity.name, actual, states, found);
  }
  for (const link of catalog.links()) lookAt(CORD, cordOf(link), expected.get(CORD) ?? [], found);
  const { logLimitMb } = catalog.settings();
  // Before they were ever set, settings are whatever they are by themselves.
  const set = expected.get(SETTINGS);
  if (set && !set.includes(null))
    lookAt(SETTINGS, { kind: 'settings', stamp: String(logLimitMb), secrets: {} }, set, found);
  for (const [name, states] of expected)
    if (!found.model[name] && !states.includes(null)) found.lost.push(`${name} is gone`);
}

function lookAt(name: string, actual: Entity, states: readonly (Entity | null)[], found: Findings): void {
  found.model[name] = actual;
  if (!states.some((state) => state && isSame(state, actual)))
    found.lost.push(`${name} is ${JSON.stringify(actual)}, not ${JSON.stringify(states)}`);
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

async function lookAtHistory(catalog: Catalog, found: Findings): Promise<void> {
  for (const kind of ['server', 'remote'] as const)
    for (const entity of kind === 'server' ? catalog.servers() : catalog.remotes()) {
      const [newest] = await catalog.history(kind, entity.id);
      if (newest?.revision !== entity.revision)
        found.torn.push(`the history of ${entity.name} ends at ${newest?.revision}, not ${entity.revision}`);
    }
}

/** A server that was made of a bundle has that bundle, whole. */
async function lookAtBundles(catalog: Catalog, found: Findings): Promise<void> {
  for (const { name, transport } of catalog.servers()) {
    const file = transport.type === 'stdio' ? transport.args[0] : undefined;
    if (!file?.endsWith(BUNDLED.name)) continue;
    const text = await readFile(file, 'utf8').catch(() => 'nothing');
    if (text !== BUNDLED.text) found.torn.push(`the bundle of ${name} is not whole: ${file}`);
  }
}

const OURS =
  /^(catalog\.json|history\.jsonl|vault-journal\.jsonl|tools\.json|backups|bundles|cache|processes)$/;

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
