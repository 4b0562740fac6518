import asar from '@electron/asar';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { madeFor } from './machine-code.mjs';
import { mb, problem, some } from './words.mjs';

const MOST_MB = 8;
const NATIVE = (place) => `node_modules/keytar/prebuilds/${place.platform}-${place.arch}/keytar.node`;
/** Everything the archive may hold. A file that fits none of these got in by mistake. */
const EXPECTED = [
  /^package\.json$/,
  /^LICENSE$/,
  /^out\/main\/(desktop|keychain-helper|result-judge|sample-server)\.js$/,
  /^out\/main\/chunks\/[\w-]+\.js$/,
  /^out\/preload\/preload\.cjs$/,
  /^out\/renderer\/index\.html$/,
  /^out\/renderer\/assets\/[\w.-]+\.(js|css|svg|woff2)$/,
  /^out\/third-party-notices\.txt$/,
  /^node_modules\/keytar\/(package\.json|LICENSE\.md|lib\/keytar\.js)$/,
];
const NEEDED = ['out/main/desktop.js', 'out/preload/preload.cjs', 'out/renderer/index.html', 'LICENSE'];
/** What others than Electron read: the system's loader, a Node of the person's own, a thread's. */
const UNPACKED = ['package.json', 'out/main/sample-server.js', 'out/main/result-judge.js'];
/** What would tell of the machine that built it, let the sources be read from a map, or let somebody in. */
const TELLTALES = [
  /sourceMappingURL=(?!data:)/,
  new RegExp(escape(process.cwd())),
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}/,
  /\b(?:ghp|gho|ghs|npm)_[A-Za-z0-9]{36}\b/,
];
const SECRET = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|SIGNING|CERTIFICATE|CSC_LINK/i;
const SHORTEST_SECRET = 8;

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** @returns {{ name: string, ok: boolean, detail: string }[]} */
export function checkArchive(place, env = process.env) {
  const archive = join(place.resources, 'app.asar');
  const natives = [NATIVE(place)];
  const files = asar
    .listPackage(archive)
    .map((path) => path.replaceAll('\\', '/').slice(1))
    .filter((path) => !('files' in asar.statFile(archive, path)));
  const strangers = files.filter(
    (path) => !natives.includes(path) && !EXPECTED.some((pattern) => pattern.test(path)),
  );
  const missing = NEEDED.filter((path) => !files.includes(path));
  const outside = [...UNPACKED, ...natives];
  const notOut = outside.filter((path) => !isOutside(place, archive, files, path));
  const wrong = natives
    .map((path) => join(place.resources, 'app.asar.unpacked', path))
    .filter((file) => existsSync(file) && madeFor(file) !== `${place.platform}-${place.arch}`);
  const maps = files.filter((path) => path.endsWith('.map'));
  const telling = files.filter((path) => /\.(c?js|json|css|html|txt)$/.test(path) && tells(archive, path));
  const size = statSync(archive).size;
  const { dependencies, devDependencies, scripts } = JSON.parse(
    asar.extractFile(archive, 'package.json').toString(),
  );
  const leaked = secretsIn(readFileSync(archive), env);
  return [
    {
      name: 'nothing but what is needed',
      ok: strangers.length === 0 && missing.length === 0,
      detail: problem([strangers, 'should not be there'], [missing, 'missing']) ?? `${files.length} files`,
    },
    { name: 'size of the archive', ok: size < MOST_MB * 1e6, detail: `${mb(size)} MB of at most ${MOST_MB}` },
    {
      name: 'outside the archive',
      ok: notOut.length + wrong.length === 0,
      detail:
        problem([notOut, 'missing'], [wrong, `not made for ${place.platform}-${place.arch}`]) ??
        some(outside),
    },
    {
      name: 'no source maps, no paths or keys of this machine',
      ok: maps.length + telling.length + leaked.length === 0,
      detail:
        problem(
          [maps, 'maps'],
          [telling, 'tell where they were built, or hold a key'],
          [leaked, 'variables whose value is in it'],
        ) ?? 'none',
    },
    {
      name: 'package.json',
      ok: Object.keys(dependencies ?? {}).join() === 'keytar' && !devDependencies && !scripts,
      detail: `depends on ${Object.keys(dependencies ?? {}).join(', ') || 'nothing'}`,
    },
  ];
}

/** It lies there, and the archive says so: a program that asks for it is led to it. */
function isOutside({ resources }, archive, files, path) {
  return (
    existsSync(join(resources, 'app.asar.unpacked', path)) &&
    files.includes(path) &&
    asar.statFile(archive, path).unpacked === true
  );
}

function tells(archive, path) {
  const text = asar.extractFile(archive, path).toString();
  return TELLTALES.some((pattern) => pattern.test(text));
}

/** Names of the builder's variables that sound secret and whose value went into the archive. */
function secretsIn(bytes, env) {
  return Object.entries(env)
    .filter(([name, value = '']) => SECRET.test(name) && value.length >= SHORTEST_SECRET)
    .filter(([, value]) => bytes.includes(value))
    .map(([name]) => name);
}
