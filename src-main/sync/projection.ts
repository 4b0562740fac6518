import { isSecretRef, type Auth, type RemoteTransport, type Server, type Value } from '../contract/index.js';
import type { Json, LocalCell, LocalCells } from './cells.js';
import { reasonOf, type FieldMap } from './field-map.js';
import type { Projection, ProjectOptions } from './remote-adapter.js';

const LOCAL_FILES = [
  ['cwd', 'working folder'],
  ['envFile', 'env file'],
] as const;

/** What both kinds of remotes share when a server is put into their terms. */
export class Projector {
  readonly cells: LocalCells = new Map();
  readonly losses: Projection['losses'] = [];
  readonly warnings: string[] = [];
  readonly blocks: string[] = [];
  readonly doubts: string[] = [];
  readonly ignores: string[] = [];

  constructor(
    readonly server: Server,
    readonly options: ProjectOptions,
  ) {
    this.put('name', options.name);
  }

  put(path: string, value: Json): void {
    this.cells.set(path, { path, value });
  }

  lose(field: string, reason: string): void {
    this.losses.push({ field, reason });
  }

  /** Without this the server would start otherwise there, or not at all: a person must say that it may go. */
  loseGravely(field: string, noun: string, reason: string): void {
    this.lose(field, reason);
    // An entry that stands there without it was once agreed to, or adopted so.
    if (!this.options.exists) this.doubts.push(`The ${noun} cannot be kept there. ${reason}`);
  }

  /** A header or environment variable; a reference chosen for this link goes out in its place. */
  putValue(key: string, cell: Pick<LocalCell, 'path' | 'name'>, value: Value): void {
    const reference = this.options.references[cell.path];
    if (reference !== undefined) this.cells.set(key, { ...cell, value: reference });
    else if (isSecretRef(value)) this.cells.set(key, { ...cell, secretId: value.secret });
    else this.cells.set(key, { ...cell, value });
  }

  env(env: Record<string, Value>): void {
    for (const [name, value] of Object.entries(env))
      this.putValue(`transport.env.${name}`, { path: `transport.env.${name}`, name }, value);
  }

  /** A token with its header is a header like any other there; it wins over one of the same name. */
  headers({ headers, auth }: RemoteTransport): void {
    for (const [name, value] of Object.entries(headers))
      this.putValue(
        `transport.headers.${name.toLowerCase()}`,
        { path: `transport.headers.${name}`, name },
        value,
      );
    if (auth.type === 'header')
      this.putValue(
        `transport.headers.${auth.header.toLowerCase()}`,
        { path: 'transport.auth.token', name: auth.header },
        auth.token,
      );
  }

  /** Fields for which this link has chosen a text that the remote resolves by itself. */
  referenced(): string[] {
    return [...this.cells.values()].map(({ path }) => path).filter((path) => path in this.options.references);
  }

  hasSecrets(): boolean {
    return [...this.cells.values()].some(({ secretId }) => secretId !== undefined);
  }

  hasHeaders({ headers, auth }: { headers: Record<string, Value>; auth: Auth }): boolean {
    return Object.keys(headers).length > 0 || auth.type === 'header';
  }

  /** What no remote knows of a local process. */
  localFiles(transport: { cwd?: string | undefined; envFile?: string | undefined }, map: FieldMap): void {
    for (const [key, noun] of LOCAL_FILES)
      if (transport[key] !== undefined)
        this.loseGravely(`transport.${key}`, noun, reasonOf(map, `transport.${key}`));
  }

  result(): Projection {
    const { cells, losses, warnings, blocks, doubts, ignores } = this;
    return { cells, losses, warnings, blocks, doubts, ignores };
  }
}
