import { plainSecretPaths } from '../../contract/plain-secrets.js';
import { AppError, type Handlers, type PlainSecret, type Remote, type Server } from '../../contract/index.js';
import { misplacedSecrets } from '../../interchange/import/secrets.js';
import { mustHave, REMOTES, SERVERS, updateEntity, type EntityKind } from '../entities.js';
import type { Parts } from '../parts.js';

type Names = 'secret.scan' | 'secret.move';

/** Plain values of servers and remotes that look like secrets. */
export function plainSecrets({ catalog }: Pick<Parts, 'catalog'>): PlainSecret[] {
  const of = (kind: 'server' | 'remote', all: readonly (Server | Remote)[]): PlainSecret[] =>
    all.flatMap((one) => plainSecretPaths(one).map((path) => ({ kind, id: one.id, name: one.name, path })));
  return [...of('server', catalog.servers()), ...of('remote', catalog.remotes())];
}

export function secretMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, activity } = parts;

  const move = async (id: string, paths: readonly string[]): Promise<void> => {
    const kind = (catalog.server(id) ? SERVERS : REMOTES) as EntityKind<Server | Remote>;
    const entity = mustHave(kind, catalog, id);
    // The revision keeps a value that was changed meanwhile from being overwritten by the one seen here.
    const { revision } = entity;
    await updateEntity(parts, kind, { id, patch: patchFor(entity, paths), revision });
  };

  return {
    'secret.scan': () => ({
      found: plainSecrets(parts),
      misplaced: catalog
        .servers()
        .flatMap(({ id, name, transport }) =>
          misplacedSecrets(transport).map((advice) => ({ id, name, advice })),
        ),
    }),

    'secret.move': async ({ items }) => {
      // It is also struck from the history and the backups, so there would be no other copy of it.
      if (catalog.settings().secretStorage === 'session')
        throw new AppError(
          'keychain_unavailable',
          'Secrets are held in memory only, so what is moved there would be gone when Jackfield ends. Nothing was moved.',
          'Keep new secrets in the keychain (Settings → Secrets), then move them.',
        );
      const found = plainSecrets(parts);
      const named = items?.map(({ id, path }): PlainSecret => {
        const entity = catalog.server(id) ?? catalog.remote(id);
        return { kind: catalog.server(id) ? 'server' : 'remote', id, path, name: entity?.name ?? '' };
      });
      const wanted = named ?? found;
      const failed: (PlainSecret & { message: string; hint: string })[] = [];
      for (const id of new Set(wanted.map((one) => one.id))) {
        const those = wanted.filter((one) => one.id === id);
        try {
          await move(
            id,
            those.map(({ path }) => path),
          );
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const { message, hint } = error;
          failed.push(...those.map((one) => ({ ...one, message, hint })));
        }
      }
      const moved = wanted.length - failed.length;
      if (moved > 0)
        activity.add({
          kind: 'edit',
          severity: 'info',
          title: `Moved ${moved} plain ${moved === 1 ? 'value' : 'values'} to the keychain`,
        });
      return { moved, failed };
    },
  };
}

type Json = Record<string, unknown>;

/** The patch that puts each plain value at these paths into the keychain. Names of variables may hold dots. */
function patchFor(entity: unknown, paths: readonly string[]): Json {
  const wanted = new Set(paths);
  const walk = (value: unknown, at: string): unknown => {
    if (typeof value === 'string')
      return value !== '' && wanted.delete(at) ? { newSecret: value } : undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const inner = Object.entries(value).flatMap(([key, part]) => {
      const next = walk(part, at === '' ? key : `${at}.${key}`);
      return next === undefined ? [] : [[key, next] as const];
    });
    return inner.length === 0 ? undefined : Object.fromEntries(inner);
  };
  const patch = (walk(entity, '') ?? {}) as Json;
  if (wanted.size === 0) return patch;
  throw new AppError(
    'not_found',
    `There is no plain value at ${[...wanted].join(', ')} any more.`,
    'It may have been moved or changed in another window.',
  );
}
