import {
  AppError,
  type Server,
  type ServerInput,
  type TransportType,
  type ValueInput,
} from '../contract/index.js';
import { looksSensitive } from '../contract/looks-like-secret.js';
import { NAME_ONLY } from './canonical.js';
import type { Json, RemoteCell, RemoteCells } from './cells.js';
import type { Entry } from './remote-adapter.js';
import { HIDDEN_URL } from './stand-in.js';
import type { FieldDifference } from './three-way.js';

type Patch = Record<string, unknown>;

const valueOf = (cells: RemoteCells, key: string): Json | undefined => {
  const cell = cells.get(key);
  return cell && 'value' in cell ? cell.value : undefined;
};

/** A value that came from a remote; what looks like a secret goes to the keychain. */
function taken(cell: RemoteCell, wasSecret: boolean): ValueInput {
  if (!('value' in cell)) return '';
  const text = String(cell.value);
  if (text === NAME_ONLY) return '';
  return text !== '' && (wasSecret || looksSensitive(cell.name ?? '', text)) ? { newSecret: text } : text;
}

function named(cells: RemoteCells, prefix: string): Record<string, ValueInput> {
  const found: Record<string, ValueInput> = {};
  for (const [key, cell] of cells)
    if (key.startsWith(`${prefix}.`)) found[cell.name ?? key.slice(prefix.length + 1)] = taken(cell, false);
  return found;
}

function httpUrl(value: Json | undefined): string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value) ? value : HIDDEN_URL;
}

/**
 * The whole transport of an entry as a person would write it. Hidden values become stand-ins.
 * @throws AppError unsupported for a kind of entry that the app has no word for
 */
function transportOf({ cells, transportType }: Entry): ServerInput['transport'] {
  if (transportType === 'inprocess') return { type: 'inprocess' };
  if (transportType === 'stdio')
    return {
      type: 'stdio',
      command: String(valueOf(cells, 'transport.command') ?? ''),
      args: (valueOf(cells, 'transport.args') ?? []) as string[],
      env: named(cells, 'transport.env'),
    };
  if (transportType !== 'sse' && transportType !== 'streamable_http')
    throw new AppError(
      'unsupported',
      `It is of the kind "${transportType}", which no server here can be.`,
      'Edit it on the remote itself.',
    );
  const oauthConfigId = valueOf(cells, 'transport.auth.oauthConfigId');
  const isOauth = valueOf(cells, 'transport.auth') === 'oauth';
  return {
    type: transportType,
    url: httpUrl(valueOf(cells, 'transport.url')),
    headers: named(cells, 'transport.headers'),
    auth: isOauth
      ? { type: 'oauth', ...(typeof oauthConfigId === 'string' && { oauthConfigId }) }
      : { type: 'none' },
  };
}

function policyOf(cells: RemoteCells): Pick<ServerInput, 'tools' | 'codeMode'> {
  if (!cells.has('tools.execute')) return {};
  return {
    tools: {
      execute: valueOf(cells, 'tools.execute') as string[],
      autoExecute: (valueOf(cells, 'tools.autoExecute') ?? []) as string[],
      pricing: (valueOf(cells, 'tools.pricing') ?? {}) as Record<string, number>,
    },
    codeMode: valueOf(cells, 'codeMode') === true,
  };
}

/** The server that adopting an entry would make. */
export function draftOf(entry: Entry): ServerInput {
  // Names of remotes may hold anything; a server's may not hold control characters.
  const name = entry.name
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 200);
  const hidden = [...entry.cells.values()].filter((cell) => 'mask' in cell).map(({ path }) => path);
  return {
    name: name || entry.id.slice(0, 200),
    ...(hidden.length > 0 && {
      description: `Adopted. The gateway hides ${hidden.join(', ')}: what stands here for it is a stand-in, and the gateway keeps its own value until you put one in.`,
    }),
    transport: transportOf(entry),
    ...policyOf(entry.cells),
  };
}

/** What the remote hides cannot be taken over. */
function assertReadable(changes: readonly FieldDifference[]): void {
  const hidden = changes.filter(({ remote }) => remote && 'mask' in remote).map(({ remote }) => remote?.path);
  if (hidden.length === 0) return;
  throw new AppError(
    'unsupported',
    `${hidden.join(', ')} was changed on the remote, and the remote does not show the new value.`,
    'Put the new value into the server here and keep the local side.',
  );
}

/**
 * The edit of the local server that makes it equal to the entry, field by field.
 * @throws AppError unsupported where the remote hides a changed value
 */
export function pullPatch(changes: readonly FieldDifference[], entry: Entry, server: Server): Patch {
  if (changes.some(({ key }) => key === 'transport.type')) {
    assertReadable([...entry.cells].map(([key, remote]) => ({ key, verdict: 'remote', remote })));
    const rest = changes.filter(({ key }) => !key.startsWith('transport.'));
    return { ...pullPatch(rest, entry, server), transport: transportOf(entry) };
  }
  assertReadable(changes);
  const patch: Patch = {};
  for (const change of changes) put(patch, change, server.transport.type);
  return patch;
}

function put(patch: Patch, { key, local, remote, base }: FieldDifference, type: TransportType): void {
  const at = (...path: string[]): Patch => {
    let node = patch;
    for (const part of path) node = (node[part] ??= {}) as Patch;
    return node;
  };
  const value = remote && 'value' in remote ? remote.value : undefined;
  const wasSecret = local?.secretId !== undefined || base?.secret === true;
  if (key.startsWith('transport.env.') || key.startsWith('transport.headers.')) {
    const name = local?.name ?? remote?.name ?? '';
    if (local?.path === 'transport.auth.token')
      at('transport')['auth'] = remote
        ? { type: 'header', header: name, token: taken(remote, wasSecret) }
        : { type: 'none' };
    else at('transport', key.split('.')[1] ?? '')[name] = remote ? taken(remote, wasSecret) : null;
  } else if (key === 'transport.auth.oauthConfigId') at('transport', 'auth')['oauthConfigId'] = value ?? null;
  else if (key === 'transport.auth') {
    // `headers` and `none` follow from whether there are headers.
    if (value === 'oauth') at('transport')['auth'] = { type: 'oauth' };
    else if (local?.value === 'oauth') at('transport')['auth'] = { type: 'none' };
  } else if (key.startsWith('transport.') && type !== 'inprocess')
    at('transport')[key.slice('transport.'.length)] = value;
  else if (key === 'tools.pricing') at('tools')['pricing'] = pricingPatch(local?.value, value);
  else if (key.startsWith('tools.')) at('tools')[key.slice('tools.'.length)] = value ?? [];
  else patch[key] = value;
}

/** A map is merged by a patch, so prices that are gone on the remote are named to be removed. */
function pricingPatch(local: Json | undefined, remote: Json | undefined): Patch {
  const gone = Object.keys((local ?? {}) as Patch).map((name) => [name, null] as const);
  return { ...Object.fromEntries(gone), ...((remote ?? {}) as Patch) };
}
