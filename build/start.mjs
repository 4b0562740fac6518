import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { downloadElectron, electronExecutable } from './lib/electron-runtime.mjs';
import { inRoot, ROOT } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runScript, say } from './lib/say.mjs';
import { stopOnSignals, stopWithParent } from './lib/stopping.mjs';

const args = process.argv.slice(2);
/** An Electron that dies this early could not open its window: no sandbox, a missing library, no display server. */
const EARLY_MS = 10_000;
/** What the shell says of a program that could not be loaded. */
const NOT_LOADED = 127;

/** In this very process, so that whoever stops npm stops the host, and nothing stands between the two. */
async function serveToBrowser() {
  process.argv = [process.argv[0], inRoot('out/main/browser.js'), ...args];
  await import(pathToFileURL(inRoot('out/main/browser.js')).href);
}

/** Why no window can be shown, in words that end a sentence; nothing where one can. */
async function whyNoWindow() {
  if (process.platform === 'linux') {
    const { DISPLAY, WAYLAND_DISPLAY, ELECTRON_DISABLE_SANDBOX } = process.env;
    if (!DISPLAY && !WAYLAND_DISPLAY) return 'there is no display';
    if (process.getuid?.() === 0 && !ELECTRON_DISABLE_SANDBOX)
      return 'Electron’s sandbox does not work for root';
  }
  if (electronExecutable()) return undefined;
  const { executable, reason } = await downloadElectron();
  return executable ? undefined : `the Electron runtime could not be downloaded (${reason})`;
}

/** @returns the exit code, or why there was no window after all */
function openWindow() {
  const startedAt = Date.now();
  let wasAsked = false;
  const child = spawn(electronExecutable(), [ROOT, ...args], { stdio: 'inherit' });
  const passOn = (signal) => {
    wasAsked = true;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const one of signals) process.off(one, passOn);
      const isEarly = !wasAsked && Date.now() - startedAt < EARLY_MS;
      if (isEarly && (signal || code === NOT_LOADED))
        return resolve({
          reason: `Electron ended at once (${signal ?? `exit code ${code}`}; its own words are above)`,
        });
      resolve({ code: signal ? 1 : (code ?? 0) });
    });
  });
}

await runScript(async () => {
  stopWithParent();
  const letGo = stopOnSignals();
  await prepare();
  if (!args.includes('--browser')) {
    let reason = await whyNoWindow();
    letGo();
    if (!reason) {
      const ended = await openWindow();
      if (ended.reason === undefined) return ended.code;
      reason = ended.reason;
    }
    say(`No window: ${reason}. Serving Jackfield to the browser instead.`);
  }
  letGo();
  return serveToBrowser();
});
