import { join } from 'node:path';
import { ROOT } from '../support/host.js';
import { Camera } from './camera.js';
import { dialogStage } from './dialogs.js';
import { exchangeStage } from './exchange.js';
import { firstStage } from './first.js';
import { manyStage } from './many.js';
import { screenStage } from './screens.js';
import { syncStage } from './sync.js';
import { troubleStage } from './troubles.js';

const STAGES = {
  screens: screenStage,
  dialogs: dialogStage,
  first: firstStage,
  sync: syncStage,
  exchange: exchangeStage,
  troubles: troubleStage,
  many: manyStage,
};

/**
 * `npm run shots [-- FOLDER [STAGE[/START]]]`: the built window in every state, in both themes and two sizes. START:
 * only the pictures of that stage whose names begin so.
 */
async function main(folder = join(ROOT, '.cache/shots'), only = ''): Promise<number> {
  const camera = await Camera.open(folder, only);
  try {
    for (const [name, stage] of Object.entries(STAGES)) if (await camera.turnTo(name)) await stage(camera);
  } finally {
    await camera.close();
  }
  for (const fault of camera.faults) process.stderr.write(`Not as it should be: ${fault}\n`);
  return camera.faults.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2], process.argv[3]);
