import { appendFileSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where @electron/fuses looks for the fuses in Electron's executable. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = '11111111';

/**
 * A folder that electron-builder takes for an unpacked Electron runtime on Linux: an executable that does nothing, with
 * a fuse wire in it, and the files that are copied along. It makes packaging possible where nothing can be downloaded.
 */
export function makeStandInRuntime(folder, version) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  copyFileSync('/bin/true', join(folder, 'electron'));
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, FUSES.length]), Buffer.from(FUSES)]);
  appendFileSync(join(folder, 'electron'), wire);
  writeFileSync(join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox'])
    writeFileSync(join(folder, name), '');
  for (const language of ['en-US', 'de', 'fr']) writeFileSync(join(folder, 'locales', `${language}.pak`), '');
  return folder;
}
