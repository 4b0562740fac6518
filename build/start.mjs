import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { downloadElectron, electronExecutable } from './lib/electron-runtime.mjs';
import { inRoot, ROOT } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runScript, say } from './lib/say.mjs';

const args = process.argv.slice(2);

/** In this very process, so that whoever stops npm stops the host, and nothing stands between the two. */
async function serveToBrowser() {
  process.argv = [process.argv[0], inRoot('out/main/browser.js'), ...args];
  await import(pathToFileURL(inRoot('out/main/browser.js')).href);
}

/** Why no window can be shown, in words that end a sentence; nothing where one can. */
async function whyNoWindow() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'there is no display';
  if (electronExecutable()) return undefined;
  const { executable, reason } = await downloadElectron();
  return executable ? undefined : `the Electron runtime could not be downloaded (${reason})`;
}

function openWindow() {
  const child = spawn(electronExecutable(), [ROOT, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 0)));
  });
}

await runScript(async () => {
  await prepare();
  if (args.includes('--browser')) return serveToBrowser();
  const reason = await whyNoWindow();
  if (!reason) return openWindow();
  say(`No window: ${reason}. Serving Jackfield to the browser instead.`);
  return serveToBrowser();
});
