import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { getConfig, Hub } from 'wuchale';
import { wuchale } from 'wuchale/vite';

const orIfMissing = (missing) => (error) => {
  if (error.code === 'ENOENT') return missing;
  throw error;
};

/** Everything is written but the catalogues: a build changes no source. */
const keepsCatalogues = {
  read: (file) => readFile(file, 'utf8').catch(orIfMissing(null)),
  write: (file, content) => (file.endsWith('.po') ? undefined : writeFile(file, content)),
  mkdir: (path) => mkdir(path, { recursive: true }),
  exists: (path) => access(path).then(() => true, orIfMissing(false)),
  unlink: (path) => rm(path).then(() => true, orIfMissing(false)),
};

/**
 * Puts the catalogue's texts in the place of the window's own. The library's plugin for a build knows only what the
 * catalogue has and leaves a newer text blank; here the sources are read first, so that it stands in English at least.
 */
export function windowTexts(configPath) {
  let hub;
  const forBuild = {
    name: 'window-texts',
    apply: 'build',
    async buildStart() {
      hub = await Hub.create('cli', () => getConfig(configPath), dirname(configPath), 0, keepsCatalogues);
      await hub.directVisit(false, false, false);
    },
    transform: {
      order: 'pre',
      async handler(code, id) {
        if (id.includes('?') || relative(dirname(configPath), id).startsWith('..')) return undefined;
        const [output] = await hub.transform(code, id);
        return output;
      },
    },
  };
  return [forBuild, { ...wuchale({ configPath }), apply: 'serve' }];
}
