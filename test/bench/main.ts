import { isMainThread } from 'node:worker_threads';
import { compileFigures } from './compile.js';
import { pageFigures } from './first-page.js';
import { fleetFigures } from './fleet.js';
import { floodFigures } from './flood.js';
import { launchFigures } from './launch.js';
import { memoryFigures } from './memory.js';
import { npxFigures } from './npx.js';
import { patchBayFigures } from './patch-bay.js';
import { runFigures } from './run.js';
import { report, type Figure } from './report.js';
import { syncFigures } from './sync.js';
import { serveFakes } from './sync-fakes.js';
import { windowFigures } from './window.js';
import { writeFigures } from './writes.js';

const SUITES: Record<string, () => Promise<Figure[]>> = {
  page: pageFigures,
  'patch-bay': patchBayFigures,
  window: windowFigures,
  writes: writeFigures,
  memory: memoryFigures,
  launch: launchFigures,
  run: runFigures,
  npx: npxFigures,
  compile: compileFigures,
  flood: floodFigures,
  fleet: fleetFigures,
  sync: syncFigures,
};

/** `npm run bench [-- SUITE …]`: measures the built app. Ratios are of one run; absolute times are the machine's. */
async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter((name) => !(name in SUITES));
  if (unknown.length > 0)
    throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(SUITES).join(', ')}.`);
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(SUITES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stderr.write(`Measuring ${name} …\n`);
    figures.push(...(await measure()));
  }
  report(figures);
}

// The same file is the thread in which the remotes of a suite live.
if (isMainThread) await main(process.argv.slice(2));
else await serveFakes();
