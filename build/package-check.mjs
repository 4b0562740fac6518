import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { electronExecutable } from './lib/electron-runtime.mjs';
import { checkArchive } from './lib/package/archive.mjs';
import { checkAssociations } from './lib/package/associations.mjs';
import { checkFuses } from './lib/package/fuses.mjs';
import { checkIntegrity } from './lib/package/integrity.mjs';
import { layouts } from './lib/package/layout.mjs';
import { checkStart } from './lib/package/start.mjs';
import { checkSurroundings } from './lib/package/surroundings.mjs';
import { makeStandInRuntime } from './lib/stand-in-electron.mjs';
import { inRoot } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runNode } from './lib/run.mjs';
import { runScript, say, ScriptError } from './lib/say.mjs';

// `npm run package:check`: packs the app into a folder, offline, and looks at what came out. With the real runtime where
// it has been downloaded; else, on Linux, with a stand-in for it. `--of FOLDER` looks at what electron-builder has put
// there before, for each architecture. Add `--json` for a machine to read.
const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, of: { type: 'string' } },
});
const OUTPUT = options.of ? resolve(options.of) : inRoot('.cache', 'package');

async function pack() {
  const { version } = JSON.parse(readFileSync(inRoot('node_modules/electron/package.json'), 'utf8'));
  const isReal = electronExecutable() !== undefined;
  if (!isReal && process.platform !== 'linux')
    throw new ScriptError('The Electron runtime is not here, and a stand-in for it is made on Linux only.');
  const runtime = isReal
    ? inRoot('node_modules/electron/dist')
    : makeStandInRuntime(inRoot('.cache', 'stand-in-electron'), version);
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  say(`Packing with ${isReal ? `Electron ${version}` : `a stand-in for Electron ${version}`} …`);
  const code = await runNode(
    inRoot('node_modules/electron-builder/cli.js'),
    [
      '--config',
      'build/electron-builder.yml',
      '--publish',
      'never',
      '--dir',
      `-c.electronDist=${runtime}`,
      `-c.directories.output=${OUTPUT}`,
    ],
    // Nothing is signed here, and nothing looked for.
    { env: { CSC_IDENTITY_AUTO_DISCOVERY: 'false' }, quiet: true },
  );
  if (code !== 0)
    throw new ScriptError(`electron-builder ended with ${code}. Run \`npm run pack -- --dir\` to see why.`);
}

function report(checks) {
  if (options.json) return void process.stdout.write(`${JSON.stringify(checks, null, 2)}\n`);
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, ok, detail } of checks)
    process.stdout.write(`${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${detail}\n`);
}

/** What can be told of a package without starting it. */
const look = async (place) => [
  ...checkArchive(place),
  ...checkIntegrity(place),
  ...checkSurroundings(place),
  ...(await checkFuses(place)),
  ...(await checkAssociations(place)),
];

await runScript(async () => {
  if (!options.of) {
    await prepare();
    await pack();
  }
  const places = layouts(OUTPUT);
  if (places.length === 0) throw new ScriptError(`There is no unpacked package in ${OUTPUT}.`);
  const looks = await Promise.all(
    places.map(async (place) => {
      const checks = await look(place);
      return places.length === 1
        ? checks
        : checks.map(({ name, ...rest }) => ({ ...rest, name: `${place.name}: ${name}` }));
    }),
  );
  const own = places.find(({ arch }) => arch === process.arch);
  const checks = [...looks.flat(), ...(own ? await checkStart(own) : [])];
  report(checks);
  return checks.every(({ ok }) => ok) ? 0 : 1;
});
