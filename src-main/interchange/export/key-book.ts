import type { Server } from '../../contract/index.js';
import type { ClientSpec } from '../clients/client-spec.js';
import { NoServer, readEntry } from '../dialect/read-entry.js';
import { identityOf } from '../import/identity.js';
import { isMap, type Plain } from '../plain.js';
import { launchedServer } from './launcher.js';

/** Gives each server the key its entry has, or gets, in a client's file. */
export class KeyBook {
  readonly warnings: string[] = [];
  readonly #given = new Set<string>();
  readonly #byLowerCase: Map<string, string>;

  /** `taken`: entries that other servers here have, whatever they are called. */
  constructor(
    private readonly spec: ClientSpec,
    private readonly entries: ReadonlyMap<string, Plain>,
    private readonly taken: ReadonlySet<string> = new Set(),
  ) {
    this.#byLowerCase = new Map([...entries.keys()].map((key) => [key.toLowerCase(), key]));
  }

  /** @param known the key its entry has had so far; used while it is there */
  keyOf(server: Server, known?: string): string {
    if (known !== undefined && this.entries.has(known) && !this.#given.has(known)) {
      this.#given.add(known);
      return known;
    }
    const key = this.#own(server) ?? this.#fresh(this.#lawful(server.name));
    this.#given.add(key);
    if (key !== server.name && key.toLowerCase() !== server.name.toLowerCase())
      this.warnings.push(`"${server.name}" is called "${key}" in ${this.spec.title}.`);
    return key;
  }

  /**
   * An entry of its name, which is the one that is meant. One that only has the name as the client would have it may be
   * another server's; it counts where it starts or reaches the same thing.
   */
  #own(server: Server): string | undefined {
    const isFree = (key: string | undefined): key is string =>
      key !== undefined && !this.#given.has(key) && !this.taken.has(key);
    const { name } = server;
    if (this.entries.has(name) && isFree(name)) return name;
    const lawful = this.#lawful(name);
    const alike = this.entries.has(lawful) ? lawful : this.#byLowerCase.get(lawful.toLowerCase());
    if (!isFree(alike)) return undefined;
    return lawful === name || this.#isSame(alike, server) ? alike : undefined;
  }

  #isSame(key: string, server: Server): boolean {
    const entry = this.entries.get(key);
    if (!isMap(entry)) return false;
    try {
      const { transport } = readEntry(entry, { dialect: this.spec.dialect });
      return (
        launchedServer(transport) === server.id || identityOf(transport) === identityOf(server.transport)
      );
    } catch (error) {
      if (error instanceof NoServer) return false;
      throw error;
    }
  }

  #fresh(lawful: string): string {
    const filler = this.spec.names?.filler ?? '-';
    for (let count = 1; ; count += 1) {
      const key = count === 1 ? lawful : `${lawful}${filler}${count}`;
      if (!this.entries.has(key) && !this.#given.has(key)) return key;
    }
  }

  #lawful(name: string): string {
    const rule = this.spec.names;
    if (!rule) return name;
    const text = [...(rule.spelt?.(name) ?? name)]
      .map((character) => (rule.allowed.test(character) ? character : rule.filler))
      .join('');
    return text.replace(/^[-_]+(?=.)/, '') || 'server';
  }
}
