import asar from '@electron/asar';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';

const ROUNDS = 9;
const MOST_MS = 400;
const MOST_RATIO = 1.5;
const LIMIT_MS = 30_000;
/** The least that a main file can do: a window as soon as Electron is ready. */
const EMPTY =
  "import { app, BrowserWindow } from 'electron';\n" +
  "app.whenReady().then(() => new BrowserWindow({ show: false }).loadURL('about:blank'));\n";

/** The archive laid out as files, with a stand-in where Electron's own module would be. */
async function stage({ resources }) {
  const folder = mkdtempSync(join(tmpdir(), 'jackfield-package-'));
  asar.extractAll(join(resources, 'app.asar'), folder);
  const electron = join(folder, 'node_modules/electron');
  mkdirSync(electron, { recursive: true });
  cpSync(await bundle('test/support/electron-process.ts'), join(electron, 'index.js'));
  writeFileSync(join(electron, 'package.json'), '{"name":"electron","type":"module","main":"index.js"}');
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'empty/main.js'), EMPTY);
  return folder;
}

/** Starts a main file under plain Node. Answers milliseconds from the process's start to its asking for a window. */
function start(file, dataDir, afterWindow) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], {
      env: { ...process.env, JACKFIELD_DATA_DIR: dataDir, STUB_PACKAGED: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    let stdout = '';
    let stderr = '';
    let ms;
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      const window = /"event":"window","ms":([\d.]+)/.exec(stdout);
      if (!window || ms !== undefined) return;
      ms = Number(window[1]);
      afterWindow(child);
    });
    child.on('exit', (code) => {
      clearTimeout(limit);
      if (ms === undefined)
        reject(new Error(`It ended with ${code} before it asked for a window: ${stderr}`));
      else resolve({ ms, code, stdout });
    });
  });
}

const write = (child, done) => child.stdin.write(`${JSON.stringify(done)}\n`);
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The packaged main file answers its page and ends; and how long it takes to ask for its window. */
export async function checkStart(place) {
  const folder = await stage(place);
  const dataDir = () => mkdtempSync(join(folder, 'data-'));
  const main = join(folder, 'out/main/desktop.js');
  try {
    const first = await start(main, dataDir(), (child) => {
      write(child, { do: 'send', message: { jsonrpc: '2.0', id: 1, method: 'app.info', params: {} } });
      child.stdout.on('data', (chunk) => /"id":1/.test(chunk) && write(child, { do: 'quit' }));
    });
    const own = [];
    const empty = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const end = (child) => child.kill('SIGKILL');
      own.push((await start(main, dataDir(), end)).ms);
      empty.push((await start(join(folder, 'empty/main.js'), dataDir(), end)).ms);
    }
    const ratio = median(own) / median(empty);
    return [
      {
        name: 'the packaged main file starts, answers and ends',
        ok: first.code === 0 && first.stdout.includes('"host":"desktop"'),
        detail: `exit code ${first.code}`,
      },
      {
        name: 'from process start to window requested',
        // Where an empty main file needs that long, the machine is another, or is busy: only the ratio tells then.
        ok: ratio <= MOST_RATIO && (median(own) <= MOST_MS || median(empty) > MOST_MS / MOST_RATIO),
        detail:
          `${median(own).toFixed(0)} ms (goal ${MOST_MS}), ${ratio.toFixed(2)} of an empty main file's ` +
          `${median(empty).toFixed(0)} ms (goal ${MOST_RATIO}); medians of ${ROUNDS}, interleaved`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
