import {
  AppError,
  isSecretRef,
  type Provenance,
  type Server,
  type ServerInput,
} from '../../contract/index.js';
import type { Found } from './found.js';
import { changedSincePreview, type ImportPlan, type Planned } from './import-plan.js';
import { lawfulName } from './names.js';
import { valuesOf, withSecrets } from './secrets.js';

export type ImportChoice = {
  action: 'add' | 'overwrite' | 'rename' | 'skip';
  newName?: string | undefined;
  secretPaths?: string[] | undefined;
};

/**
 * A server to be made, or to be changed. For `overwrite`, `server` is a patch: what it does not name stays, and `null`
 * in a map takes an entry out.
 */
export type ImportDraft = {
  key: string;
  action: 'add' | 'overwrite';
  existingServerId?: string;
  server: ServerInput;
};

/** @throws AppError `not_found` for a choice that is no longer there, `invalid` for one that cannot be */
export function draftsOf(
  plan: ImportPlan,
  existing: readonly Server[],
  choices: Readonly<Record<string, ImportChoice>>,
): ImportDraft[] {
  const byKey = new Map(plan.planned.map((planned) => [planned.item.key, planned]));
  return Object.entries(choices).flatMap(([key, choice]): ImportDraft[] => {
    if (choice.action === 'skip') return [];
    const planned = byKey.get(key);
    if (!planned) throw changedSincePreview();
    return [choice.action === 'overwrite' ? overwrite(planned, choice, existing) : add(planned, choice)];
  });
}

function serverOf({ item, read, found }: Planned, choice: ImportChoice): ServerInput {
  const server: ServerInput = {
    name: item.name,
    transport: withSecrets(read.transport, new Set(choice.secretPaths ?? item.secretPaths)),
    provenance: provenanceOf(found),
  };
  if (read.tools) server.tools = read.tools;
  return server;
}

/** Where it came from, for as long as the server lives. */
function provenanceOf({ origin, client, kind, name }: Found): Provenance {
  return {
    kind: client === undefined ? (kind ?? 'text') : 'client',
    source: origin.slice(0, 5_000),
    ...(client !== undefined && { client }),
    entry: name.slice(0, 1_000),
    at: new Date().toISOString(),
  };
}

function add(planned: Planned, choice: ImportChoice): ImportDraft {
  const { item, read } = planned;
  const wanted = choice.action === 'rename' ? (choice.newName?.trim() ?? item.newName) : item.name;
  if (!wanted || wanted !== lawfulName(wanted))
    throw new AppError(
      'invalid',
      `"${item.name}" cannot be imported under that name.`,
      'Choose a name of 1 to 200 characters on one line.',
      [{ path: 'newName', message: 'is not a name' }],
    );
  const description = read.description ?? '';
  return {
    key: item.key,
    action: 'add',
    server: { ...serverOf(planned, choice), name: wanted, description },
  };
}

function overwrite(planned: Planned, choice: ImportChoice, existing: readonly Server[]): ImportDraft {
  const { item } = planned;
  const target = existing.find(({ id }) => id === item.existingServerId);
  if (!target)
    throw new AppError(
      'invalid',
      `There is no server that "${item.name}" could overwrite.`,
      'Add it as a new server instead.',
      [{ path: 'action', message: 'has nothing to overwrite' }],
    );
  const server = serverOf(planned, choice);
  return {
    key: item.key,
    action: 'overwrite',
    existingServerId: target.id,
    server: { ...server, name: target.name, transport: withRemovals(server.transport, target.transport) },
  };
}

/**
 * A patch that leaves of the old env or headers only what the new one has, and the secrets: a client that could not
 * hold a secret does not name it, and that is no reason to forget it.
 */
function withRemovals(next: ServerInput['transport'], old: Server['transport']): ServerInput['transport'] {
  const isHttp = (type: string): boolean => type === 'sse' || type === 'streamable_http';
  if (next.type !== old.type && !(isHttp(next.type) && isHttp(old.type))) return next;
  const { values } = valuesOf(next);
  const merged = new Map<string, unknown>(Object.entries(values));
  const names = new Map(
    Object.keys(values).map((name) => [isHttp(next.type) ? name.toLowerCase() : name, name]),
  );
  for (const [name, value] of Object.entries(valuesOf(old).values)) {
    const theirs = names.get(isHttp(next.type) ? name.toLowerCase() : name);
    // An empty text stands where the client asks for the value itself: the secret that is here is the better one.
    if (theirs !== undefined && isSecretRef(value) && values[theirs] === '') merged.delete(theirs);
    else if (theirs === undefined ? !isSecretRef(value) : theirs !== name) merged.set(name, null);
  }
  const map = Object.fromEntries(merged);
  if (next.type === 'inprocess') return next;
  if (next.type !== 'stdio') return { ...next, headers: map } as ServerInput['transport'];
  const gone = (['cwd', 'envFile'] as const).filter((key) => old.type === 'stdio' && old[key] && !next[key]);
  return {
    ...next,
    env: map,
    ...Object.fromEntries(gone.map((key) => [key, null])),
  } as ServerInput['transport'];
}
