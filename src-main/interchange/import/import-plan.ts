import { createHash } from 'node:crypto';
import {
  AppError,
  type ImportAction,
  type ImportItem,
  type Server,
  type ServerInput,
} from '../../contract/index.js';
import { unbridged } from '../dialect/bridge.js';
import type { ReadEntry } from '../dialect/dialect.js';
import { NoServer, readEntry } from '../dialect/read-entry.js';
import { compareServers } from './compare-servers.js';
import { launchedServer } from '../export/launcher.js';
import type { Findings, Found } from './found.js';
import { identityOf } from './identity.js';
import { importChanges } from './import-changes.js';
import { lawfulName, NameBook } from './names.js';
import { misplacedSecrets, secretPathsOf, summaryOf, valuesOf } from './secrets.js';

/** One found server, understood, with what is proposed for it. */
export type Planned = { item: ImportItem; read: ReadEntry; found: Found };
export type ImportPlan = { planned: Planned[]; problems: string[] };

/**
 * What importing would do. Nothing is decided for the person that could lose something: an entry of a known name but
 * another command or URL is proposed under a new name, and the same server under another name is left out.
 * `salt` keeps the keys of items from telling anything about what they were made of.
 */
export function planImport(findings: Findings, existing: readonly Server[], salt: string): ImportPlan {
  const plan: ImportPlan = { planned: [], problems: [...findings.problems] };
  const context = new PlanContext(existing, salt);
  for (const found of findings.found) {
    try {
      const read = readEntry(found.entry, { dialect: found.dialect, trusted: found.trusted });
      plan.planned.push({ item: context.item(found, read), read, found });
    } catch (error) {
      if (!(error instanceof NoServer)) throw error;
      plan.problems.push(`"${found.name.slice(0, 200)}" (${found.origin}): ${error.message}.`);
    }
  }
  return plan;
}

class PlanContext {
  readonly #byId: Map<string, Server>;
  readonly #byName: Map<string, Server>;
  readonly #byIdentity = new Map<string, Server[]>();
  /** Servers earlier in the same plan: identity → name. */
  readonly #planned = new Map<string, { name: string; transport: ServerInput['transport'] }>();
  readonly #names: NameBook;
  readonly #keys = new Map<string, number>();

  constructor(
    existing: readonly Server[],
    private readonly salt: string,
  ) {
    this.#byId = new Map(existing.map((server) => [server.id, server]));
    this.#byName = new Map(existing.map((server) => [server.name.toLowerCase(), server]));
    for (const server of existing) {
      const identity = identityOf(server.transport);
      this.#byIdentity.set(identity, [...(this.#byIdentity.get(identity) ?? []), server]);
    }
    this.#names = new NameBook(existing.map((server) => server.name));
  }

  item(found: Found, read: ReadEntry): ImportItem {
    const { transport } = read;
    const name = lawfulName(found.name);
    const warnings = [...(found.warnings ?? []), ...read.warnings, ...misplacedSecrets(transport)];
    if (read.off) warnings.push('It is switched off where it was found.');
    const proposal = this.#propose(found, name, transport, warnings);
    const item: ImportItem = {
      key: this.#key(found),
      name,
      action: proposal.action,
      transportType: transport.type,
      summary: summaryOf(transport),
      secretPaths: secretPathsOf(transport, found.secrets),
      warnings,
      source: found.origin,
    };
    if (proposal.existing) {
      item.existingServerId = proposal.existing.id;
      const changes = proposal.isOurs ? [] : importChanges(read, proposal.existing);
      if (changes.length > 0) item.changes = changes;
    }
    if (proposal.action === 'add') this.#names.take(name);
    // Also where something else is proposed: the person may choose to keep both.
    else item.newName = this.#names.free(name);
    if (proposal.action === 'rename' && item.newName) this.#names.take(item.newName);
    return item;
  }

  #propose(
    found: Found,
    name: string,
    transport: ServerInput['transport'],
    warnings: string[],
  ): { action: ImportAction; existing?: Server | undefined; isOurs?: boolean } {
    const launched = this.#launched(transport);
    if (launched) {
      warnings.push(`It is Jackfield’s own entry for "${launched.name}": there is nothing to import.`);
      return { action: 'same', existing: launched, isOurs: true };
    }
    const namesake = this.#byName.get(name.toLowerCase());
    const identity = identityOf(transport);
    const twin = this.#byIdentity
      .get(identity)
      ?.find((server) => compareServers(unbridged(transport), server).same);
    const earlier = this.#planned.get(identity);
    if (!earlier) this.#planned.set(identity, { name, transport });
    if (found.unlikely) return { action: 'skip', existing: twin ?? namesake };
    if (namesake && identityOf(namesake.transport) === identity) {
      const { same, unknown } = compareServers(transport, namesake);
      if (same && unknown.length > 0)
        warnings.push(
          `Whether the secret ${unknown.join(', ')} is the same cannot be told: it is not read back.`,
        );
      return { action: same ? 'same' : 'overwrite', existing: namesake };
    }
    if (twin) {
      warnings.push(`The same server is here already as "${twin.name}".`);
      return { action: 'skip', existing: twin };
    }
    if (earlier && sameAccount(earlier.transport, transport)) {
      warnings.push(`It is the same server as "${earlier.name}" above.`);
      return { action: 'skip', existing: namesake };
    }
    const free = !namesake && !this.#names.isTaken(name);
    return { action: free ? 'add' : 'rename', existing: namesake };
  }

  /** The server here that an entry starts through Jackfield's launcher. */
  #launched(transport: ServerInput['transport']): Server | undefined {
    const word = launchedServer(transport);
    return word === undefined ? undefined : (this.#byId.get(word) ?? this.#byName.get(word.toLowerCase()));
  }

  /** The same for the same entry at each look, another one as soon as the entry changes. */
  #key(found: Found): string {
    const content = JSON.stringify([this.salt, found.origin, found.name, found.entry]);
    const key = createHash('sha256').update(content).digest('hex').slice(0, 16);
    const count = (this.#keys.get(key) ?? 0) + 1;
    this.#keys.set(key, count);
    return count === 1 ? key : `${key}-${count}`;
  }
}

/** Of two that start the same program or reach the same address: whether they do so as the same account. */
function sameAccount(one: ServerInput['transport'], other: ServerInput['transport']): boolean {
  const [a, b] = [unbridged(one), unbridged(other)];
  const folder = (transport: typeof a): unknown => 'cwd' in transport && [transport.cwd, transport.envFile];
  const sorted = (transport: typeof a): string =>
    JSON.stringify(
      Object.entries(valuesOf(transport).values).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  return sorted(a) === sorted(b) && JSON.stringify(folder(a)) === JSON.stringify(folder(b));
}

export function changedSincePreview(): AppError {
  return new AppError(
    'not_found',
    'What is to be imported is no longer there as it was shown: the file or the text has changed.',
    'Look at the import again and choose anew.',
  );
}
