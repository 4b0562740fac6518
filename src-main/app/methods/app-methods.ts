import { AppError, parse, settingsSchema, type Handlers } from '../../contract/index.js';
import { secretIdsOf } from '../../vault/vault.js';
import { mergePatch } from '../merge-patch.js';
import type { Parts } from '../parts.js';
import { publicLink } from '../public-link.js';
import { refuse } from '../rpc-error.js';
import { createEntity, freeName, SERVERS } from '../entities.js';
import { copySecret } from '../secret-clipboard.js';

type Names =
  | 'app.info'
  | 'app.snapshot'
  | 'notice.dismiss'
  | 'settings.update'
  | 'activity.list'
  | 'secret.copy'
  | 'sample.create';

export function appMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, vault, runtime, facts } = parts;

  const lostSecrets = (): string[] => {
    const referred = [...catalog.servers(), ...catalog.remotes()].flatMap((entity) => [
      ...secretIdsOf(entity),
    ]);
    return vault.lost(referred);
  };

  return {
    'app.info': async () => ({
      version: facts.version,
      host: facts.host,
      platform: process.platform,
      dataDir: facts.dataDir,
      keychain: await vault.status(),
    }),

    'app.snapshot': () => ({
      servers: [...catalog.servers()],
      remotes: [...catalog.remotes()],
      links: catalog.links().map(publicLink),
      runs: runtime.runs(),
      settings: catalog.settings(),
      notices: parts.notices.list(),
      questions: runtime.questions(),
      lostSecrets: lostSecrets(),
    }),

    'notice.dismiss': ({ id }) => {
      parts.notices.dismiss(id);
      return {};
    },

    'settings.update': async ({ patch }) => {
      const settings = await catalog.edit((tx) => {
        const parsed = parse(settingsSchema, mergePatch(tx.settings(), patch));
        if (!parsed.ok) return refuse('These settings cannot be saved', parsed.fault);
        tx.settings(parsed.value);
        return parsed.value;
      });
      return { settings };
    },

    'activity.list': ({ before, limit }) => ({ entries: parts.activity.list({ before, limit }) }),

    'secret.copy': async ({ id }) => {
      const owned = [...catalog.servers(), ...catalog.remotes()].some((entity) =>
        secretIdsOf(entity).has(id),
      );
      if (!owned)
        throw new AppError(
          'not_found',
          'No server and no remote keeps a secret with this id.',
          'It may have been replaced in another window. Reload and try again.',
        );
      return copySecret(facts.clipboard, await vault.resolve({ secret: id }));
    },

    'sample.create': async () => ({
      server: await createEntity(parts, SERVERS, {
        name: freeName('Sample', catalog.servers()),
        description: 'A small server to try things on. It runs on this computer and needs no network.',
        transport: { type: 'stdio', command: 'node', args: [facts.programs.sampleServer] },
      }),
    }),
  };
}
