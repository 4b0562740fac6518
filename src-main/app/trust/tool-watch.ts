import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tool, ToolChange, ToolFace } from '../../contract/index.js';
import { replaceFile } from '../../platform/durable-file.js';
import { readOrSetAside } from '../../platform/set-aside.js';

/** Kept of a text for showing what changed; the hash is of all of it. */
const KEPT = 4_000;

const faceSchema = z.strictObject({ title: z.string(), description: z.string(), schema: z.string() });
const seenSchema = z.strictObject({ hash: z.string(), face: faceSchema });
const fileSchema = z.strictObject({
  version: z.literal(1),
  servers: z.record(z.string(), z.record(z.string(), seenSchema)),
});
type Seen = z.output<typeof seenSchema>;

export type ToolWatchPorts = {
  dataDir: string;
  redact(text: string): string;
  /** Something differs that was not told of before. */
  flagged(serverId: string, changes: ToolChange[]): void;
};

/**
 * Remembers how each server's tools were described when they were last accepted (`tools.json`), and tells when a later
 * list differs. The first list of a server is taken as it is: there is nothing to compare it with.
 */
export class ToolWatch {
  readonly #accepted: Map<string, Map<string, Seen>>;
  readonly #now = new Map<string, Map<string, Seen>>();
  readonly #told = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly ports: ToolWatchPorts,
    accepted: z.output<typeof fileSchema>['servers'],
  ) {
    this.#accepted = new Map(Object.entries(accepted).map(([id, all]) => [id, new Map(Object.entries(all))]));
  }

  /** @param serverIds those there are: what is remembered of others is let go. Without it nothing is: a backup may have them */
  static async open(ports: ToolWatchPorts, serverIds?: readonly string[]): Promise<ToolWatch> {
    const servers = await read(ports.dataDir);
    const known = new Set(serverIds ?? Object.keys(servers));
    return new ToolWatch(
      ports,
      Object.fromEntries(Object.entries(servers).filter(([serverId]) => known.has(serverId))),
    );
  }

  /** Takes the list that a server answers now. */
  look(serverId: string, tools: readonly Tool[]): void {
    const now = new Map(tools.map((tool) => [tool.name, this.#seen(tool)]));
    this.#now.set(serverId, now);
    if (!this.#accepted.has(serverId)) return void this.accept(serverId);
    const changes = this.changes(serverId);
    const told = changes.map(({ name }) => `${name} ${now.get(name)?.hash ?? ''}`).join('\n');
    if (told !== '' && told !== this.#told.get(serverId)) this.ports.flagged(serverId, changes);
    this.#told.set(serverId, told);
  }

  changes(serverId: string): ToolChange[] {
    const accepted = this.#accepted.get(serverId) ?? new Map<string, Seen>();
    return [...(this.#now.get(serverId) ?? [])].flatMap(([name, { hash, face }]): ToolChange[] => {
      const before = accepted.get(name);
      if (before?.hash === hash) return [];
      return [
        before
          ? { name, kind: 'changed', before: before.face, now: face }
          : { name, kind: 'added', now: face },
      ];
    });
  }

  /** Takes the tools as they are described now. Those that are gone stay known: they may come back as others. */
  async accept(serverId: string): Promise<void> {
    const now = this.#now.get(serverId);
    if (!now) return;
    this.#accepted.set(serverId, new Map([...(this.#accepted.get(serverId) ?? []), ...now]));
    this.#told.delete(serverId);
    this.#writing = this.#writing.then(() => this.#write()).catch(() => undefined);
    await this.#writing;
  }

  #seen({ title, description, inputSchema, outputSchema, annotations }: Tool): Seen {
    const schema = JSON.stringify({ inputSchema, outputSchema, annotations });
    const hash = createHash('sha256')
      .update(JSON.stringify([title ?? '', description ?? '', schema]))
      .digest('hex');
    const kept = (text: string): string => this.ports.redact(text).slice(0, KEPT);
    const face: ToolFace = {
      title: kept(title ?? ''),
      description: kept(description ?? ''),
      schema: kept(schema),
    };
    return { hash, face };
  }

  #write(): Promise<void> {
    const servers = Object.fromEntries([...this.#accepted].map(([id, all]) => [id, Object.fromEntries(all)]));
    return replaceFile(
      join(this.ports.dataDir, 'tools.json'),
      `${JSON.stringify({ version: 1, servers })}\n`,
    );
  }
}

async function read(dataDir: string): Promise<z.output<typeof fileSchema>['servers']> {
  const file = join(dataDir, 'tools.json');
  const kept = await readOrSetAside(file, join(dataDir, 'backups'), (text) =>
    fileSchema.parse(JSON.parse(text)),
  );
  return kept?.servers ?? {};
}
