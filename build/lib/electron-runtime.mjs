import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot, ROOT } from './paths.mjs';
import { say } from './say.mjs';
import { endTree, endWithUs, inOwnGroup } from './stopping.mjs';

const PACKAGE = inRoot('node_modules', 'electron');
/** A download that has not grown for this long is given up. */
const SILENT_MS = 20_000;
const LOOK_MS = 500;

/** The runtime's executable, or nothing where it has not been downloaded. */
export function electronExecutable() {
  const pathFile = join(PACKAGE, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(PACKAGE, 'dist');
  const executable = join(folder, readFileSync(pathFile, 'utf8').trim());
  return existsSync(executable) ? executable : undefined;
}

function sizeBelow(folder) {
  if (!existsSync(folder)) return 0;
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    try {
      total += statSync(join(entry.parentPath ?? entry.path, entry.name)).size;
    } catch {
      // Moved on between listing and looking.
    }
  }
  return total;
}

/**
 * Downloads the runtime with the electron package's own installer. Its temporary folder is ours to watch: as long as
 * bytes arrive it may take its time.
 * @returns the executable, or the reason why there is none
 */
export async function downloadElectron() {
  say('Downloading the Electron runtime …');
  const temporary = mkdtempSync(join(tmpdir(), 'jackfield-electron-'));
  try {
    const reason = await watched(temporary);
    const executable = electronExecutable();
    return executable ? { executable } : { reason };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function watched(temporary) {
  return new Promise((resolve) => {
    const child = endWithUs(
      spawn(process.execPath, [join(PACKAGE, 'install.js')], {
        ...inOwnGroup,
        cwd: ROOT,
        env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    );
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    let size = 0;
    let grewAt = Date.now();
    const timer = setInterval(() => {
      // First it grows here, then, unpacked, there.
      const now = sizeBelow(temporary) + sizeBelow(join(PACKAGE, 'dist'));
      if (now !== size) [size, grewAt] = [now, Date.now()];
      if (Date.now() - grewAt < SILENT_MS) return;
      endTree(child, 'SIGKILL');
      said = `nothing arrived for ${SILENT_MS / 1000} s`;
    }, LOOK_MS);
    child.on('close', () => {
      clearInterval(timer);
      resolve(firstLine(said));
    });
  });
}

function firstLine(text) {
  const line = text
    .split('\n')
    .map((part) => part.trim())
    .find((part) => /error|denied|refused|nothing arrived|ENOTFOUND|requires/i.test(part));
  return (line ?? 'its installer gave no reason').replace(/^\w*Error:\s*/, '').slice(0, 160);
}
