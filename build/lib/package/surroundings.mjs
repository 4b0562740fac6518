import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mb, problem, some } from './words.mjs';
import { madeFor } from './machine-code.mjs';

/** What may lie beside the archive: what is ours, what electron-builder puts there for updates and installers. */
const RESOURCES = [
  'app.asar',
  'app.asar.unpacked',
  'third-party-notices.txt',
  'app-update.yml',
  'package-type',
  'apparmor-profile',
  'elevate.exe',
  'icon.icns',
];
const LANGUAGES = { darwin: ['de.lproj', 'en.lproj'], other: ['de.pak', 'en-US.pak'] };
/** Electron's own, and Chromium's; on macOS electron-builder puts them nowhere, so ours stand alone there. */
const LICENCES = ['LICENSE.electron.txt', 'LICENSES.chromium.html'];

/** What is in the package besides the archive: the program itself, languages, licences, and nothing else. */
export function checkSurroundings({ platform, arch, folder, program, resources }) {
  const isMac = platform === 'darwin';
  const there = readdirSync(resources);
  const languages = (isMac ? there : readdirSync(join(folder, 'locales'))).filter((name) =>
    /\.(pak|lproj)$/.test(name),
  );
  const wanted = LANGUAGES[isMac ? 'darwin' : 'other'];
  const strangers = there.filter((name) => !RESOURCES.includes(name) && !languages.includes(name));
  const notices = join(resources, 'third-party-notices.txt');
  const missing = [
    ...(isMac ? [] : LICENCES.map((name) => join(folder, name))),
    ...(existsSync(notices) && readFileSync(notices, 'utf8').includes('@github/keytar') ? [] : [notices]),
  ].filter((file) => file === notices || !existsSync(file));
  return [
    {
      name: 'the program',
      ok: madeFor(program) === `${platform}-${arch}`,
      detail: `made for ${madeFor(program)}`,
    },
    {
      name: 'beside the archive',
      ok: strangers.length === 0,
      detail:
        problem([strangers, 'should not be there']) ??
        some(there.filter((name) => !languages.includes(name))),
    },
    {
      name: 'languages',
      ok: languages.sort().join() === wanted.join(),
      detail: languages.join(', ') || 'none',
    },
    {
      name: 'licences',
      ok: missing.length === 0,
      detail: problem([missing, 'missing']) ?? `of others: ${mb(readFileSync(notices).length)} MB`,
    },
  ];
}
