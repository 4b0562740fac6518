import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LICENSE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt|markdown))?$/i;

/** The package.json nearest above a module, unless that is a bare `{"type": …}` marker. */
function packageOf(id) {
  for (let folder = dirname(id); folder.includes('node_modules'); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, version, license } = JSON.parse(readFileSync(file, 'utf8'));
    if (name && version) return { folder, name, version, license: license ?? 'see below' };
  }
  return undefined;
}

function textOf({ folder }) {
  const files = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  return files.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
}

const noticeOf = (one) => `${one.name} ${one.version} (${one.license})\n\n${textOf(one)}`.trimEnd();

/**
 * A Vite plugin that writes down whose code went into a bundle, with their licences: most ask for that. Each of the
 * builds writes its own part into `folder`; the last of them finds all parts and puts them together.
 */
export function thirdPartyNotices(part, folder, always = []) {
  return {
    name: 'third-party-notices',
    generateBundle(_options, bundle) {
      const found = new Map(
        always.map((name) => packageOf(join(folder, '../node_modules', name, 'x'))).map(entry),
      );
      for (const chunk of Object.values(bundle)) {
        for (const id of chunk.type === 'chunk' ? chunk.moduleIds : []) {
          const one = id.includes('node_modules') && packageOf(id.replace(/^\0/, '').replace(/\?.*$/, ''));
          if (one) found.set(...entry(one));
        }
      }
      const parts = join(folder, '.notices');
      mkdirSync(parts, { recursive: true });
      writeFileSync(join(parts, `${part}.json`), JSON.stringify([...found]));
      const all = new Map(
        readdirSync(parts).flatMap((file) => JSON.parse(readFileSync(join(parts, file), 'utf8'))),
      );
      const notices = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => noticeOf(one));
      writeFileSync(
        join(folder, 'third-party-notices.txt'),
        `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`,
      );
    },
  };
}

const entry = (one) => [`${one.name}@${one.version}`, one];
