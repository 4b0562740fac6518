import asar from '@electron/asar';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MOST_MB = 8;
/** Everything the archive may hold. A file that fits none of these got in by mistake. */
const EXPECTED = [
  /^package\.json$/,
  /^LICENSE$/,
  /^out\/main\/(desktop|keychain-helper|sample-server)\.js$/,
  /^out\/main\/chunks\/[\w-]+\.js$/,
  /^out\/preload\/preload\.cjs$/,
  /^out\/renderer\/index\.html$/,
  /^out\/renderer\/assets\/[\w.-]+\.(js|css|svg|woff2)$/,
  /^out\/third-party-notices\.txt$/,
  /^node_modules\/keytar\/(package\.json|LICENSE\.md|lib\/keytar\.js)$/,
  new RegExp(`^node_modules/keytar/prebuilds/${process.platform}-${process.arch}/keytar\\.node$`),
];
const NEEDED = ['out/main/desktop.js', 'out/preload/preload.cjs', 'out/renderer/index.html', 'LICENSE'];
const UNPACKED = [
  'package.json',
  'out/main/sample-server.js',
  `node_modules/keytar/prebuilds/${process.platform}-${process.arch}/keytar.node`,
];
/** What would tell of the machine that built it, or let the sources be read from a map. */
const TELLTALES = [/sourceMappingURL=(?!data:)/, new RegExp(escape(process.cwd()))];

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

const list = (names) =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
const mb = (bytes) => (bytes / 1e6).toFixed(2);

/** @returns {{ name: string, ok: boolean, detail: string }[]} */
export function checkArchive({ resources }) {
  const archive = join(resources, 'app.asar');
  const files = asar
    .listPackage(archive)
    .map((path) => path.replaceAll('\\', '/').slice(1))
    .filter((path) => !('files' in asar.statFile(archive, path)));
  const strangers = files.filter((path) => !EXPECTED.some((pattern) => pattern.test(path)));
  const missing = NEEDED.filter((path) => !files.includes(path));
  const unpacked = join(resources, 'app.asar.unpacked');
  const notOut = UNPACKED.filter((path) => !existsSync(join(unpacked, path)));
  const maps = files.filter((path) => path.endsWith('.map'));
  const telling = files.filter((path) => /\.(c?js|css|html)$/.test(path) && tells(archive, path));
  const notices = join(resources, 'third-party-notices.txt');
  const size = statSync(archive).size;
  const { dependencies, devDependencies, scripts } = JSON.parse(
    asar.extractFile(archive, 'package.json').toString(),
  );
  return [
    {
      name: 'nothing but what is needed',
      ok: strangers.length === 0 && missing.length === 0,
      detail: problem([strangers, 'should not be there'], [missing, 'missing']) ?? `${files.length} files`,
    },
    { name: 'size of the archive', ok: size < MOST_MB * 1e6, detail: `${mb(size)} MB of at most ${MOST_MB}` },
    {
      name: 'outside the archive',
      ok: notOut.length === 0,
      detail: problem([notOut, 'missing']) ?? list(UNPACKED),
    },
    {
      name: 'no source maps, no paths of this machine',
      ok: maps.length + telling.length === 0,
      detail: problem([maps, 'maps'], [telling, 'tell where they were built']) ?? 'none',
    },
    {
      name: 'package.json',
      ok: Object.keys(dependencies ?? {}).join() === 'keytar' && !devDependencies && !scripts,
      detail: `depends on ${Object.keys(dependencies ?? {}).join(', ') || 'nothing'}`,
    },
    {
      name: 'licences of others',
      ok: existsSync(notices) && readFileSync(notices, 'utf8').includes('@github/keytar'),
      detail: existsSync(notices) ? `${mb(statSync(notices).size)} MB` : 'missing',
    },
  ];
}

function tells(archive, path) {
  const text = asar.extractFile(archive, path).toString();
  return TELLTALES.some((pattern) => pattern.test(text));
}

function problem(...lists) {
  const found = lists.filter(([names]) => names.length > 0).map(([names, what]) => `${what}: ${list(names)}`);
  return found.length > 0 ? found.join('; ') : undefined;
}
