import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { whyStale } from './node-modules.mjs';
import { inRoot, ROOT } from './paths.mjs';
import { run } from './run.mjs';
import { say, ScriptError } from './say.mjs';

const LEAST_NODE = [20, 19];
const BUILT = inRoot('out', '.jackfield-built');
const LOCK = inRoot('.cache', 'prepare.lock');
const LOCK_WAIT_MS = 10 * 60_000;

function assertNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new ScriptError(
    `Jackfield needs Node.js ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}.`,
    2,
  );
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** Contents, not times: a checkout gives every file the time of the checkout. */
function buildKey() {
  const hash = createHash('sha256').update(process.platform);
  const files = ['electron.config.ts', 'package.json', 'package-lock.json'].map((file) => inRoot(file));
  for (const folder of ['src-main', 'src-renderer']) files.push(...filesBelow(inRoot(folder)));
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

async function install() {
  const why = whyStale(ROOT);
  if (!why) return;
  say(`Installing packages (npm ci): ${why} …`);
  // Where NODE_ENV is "production" npm would leave out all that we build with.
  const code = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) throw new ScriptError(`npm ci failed with exit code ${code}; its own words are above.`);
}

async function build() {
  if (read(BUILT) === buildKey()) return;
  say('Building …');
  rmSync(inRoot('out'), { recursive: true, force: true });
  const code = await run('npm', ['run', '--silent', 'build'], { env: { NODE_ENV: 'production' } });
  if (code !== 0) throw new ScriptError(`The build failed with exit code ${code}; its own words are above.`);
  writeFileSync(BUILT, buildKey());
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Two starts at once must not install or build over each other; the second waits, then finds the work done. */
async function locked(work) {
  mkdirSync(inRoot('.cache'), { recursive: true });
  const started = Date.now();
  for (let told = false; ; told = true) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = Number(read(LOCK));
      if (holder && !isAlive(holder)) rmSync(LOCK, { force: true });
      else if (Date.now() - started > LOCK_WAIT_MS)
        throw new ScriptError(
          `Another start (pid ${holder}) has been preparing for ten minutes. Stop it, or delete ${LOCK}.`,
        );
      else {
        if (!told) say(`Waiting for another start (pid ${holder}) to finish preparing …`);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** Installs and builds what is missing or stale, and says what it does. */
export async function prepare() {
  assertNode();
  if (!whyStale(ROOT) && read(BUILT) === buildKey()) return;
  await locked(async () => {
    await install();
    await build();
  });
}
