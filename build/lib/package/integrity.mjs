import asar from '@electron/asar';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from './words.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Electron compares each file of the archive with the hash in the archive's head, and the head with a hash that is in
 * the signed part of the package: Info.plist on macOS, a resource of the executable on Windows. Linux has no such place.
 */
export function checkIntegrity({ platform, folder, program, resources }) {
  const archive = join(resources, 'app.asar');
  const { headerString } = asar.getRawHeader(archive);
  const damaged = asar
    .listPackage(archive)
    .map((path) => path.replaceAll('\\', '/').slice(1))
    .filter((path) => {
      const entry = asar.statFile(archive, path);
      if ('files' in entry || entry.unpacked) return false;
      const { algorithm, hash } = entry.integrity ?? {};
      return algorithm !== 'SHA256' || hash !== sha256(asar.extractFile(archive, path));
    });
  const keeper = { darwin: join(folder, 'Contents/Info.plist'), win32: program }[platform];
  const isKept = keeper === undefined || readFileSync(keeper).includes(sha256(headerString));
  return [
    {
      name: 'integrity of the archive',
      ok: damaged.length === 0 && isKept,
      detail:
        problem([damaged, 'not as their hashes say'], [isKept ? [] : [keeper], 'does not hold the hash']) ??
        `every file as its hash says${keeper === undefined ? '; on Linux nothing holds the hash of these' : ''}`,
    },
  ];
}
