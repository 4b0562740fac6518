import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { ROOT } from './host.js';

/** Whether Chromium's sandbox can be used: it refuses to run as root. */
const hasSandbox = process.getuid?.() !== 0;

/**
 * Electron's own executable, where it has been downloaded and a window can be shown; else why not, in one line.
 * @throws where there is none and REQUIRE_ELECTRON says that there has to be
 */
export function electronRuntime(): { executable: string } | { missing: string } {
  const found = findRuntime();
  if ('missing' in found && process.env['REQUIRE_ELECTRON'])
    throw new Error(`These tests are not to be left out here, but ${found.missing}.`);
  return found;
}

function findRuntime(): { executable: string } | { missing: string } {
  const folder = join(ROOT, 'node_modules/electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return { missing: 'the Electron runtime is not here (npx install-electron)' };
  const executable = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  if (!existsSync(executable)) return { missing: 'the Electron runtime is not whole (npx install-electron)' };
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)
    return { missing: 'there is no display (xvfb-run)' };
  return { executable };
}

export type Opened = { app: ElectronApplication; page: Page; dataDir: string };

export async function newDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jackfield-electron-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  return dataDir;
}

/** The words after Electron's executable that start the built app. */
export const appArguments = (...args: string[]): string[] => [
  ...(hasSandbox || process.platform !== 'linux' ? [] : ['--no-sandbox']),
  ROOT,
  ...args,
];

/** The built app under a real Electron, ended with the test. */
export async function openElectron(dataDir?: string, ...args: string[]): Promise<Opened> {
  const folder = dataDir ?? (await newDataDir());
  // Without `executablePath` Playwright takes the electron package's, and holds the app back until it is connected.
  const app = await _electron.launch({
    args: [ROOT, ...args],
    chromiumSandbox: hasSandbox,
    env: { ...(process.env as Record<string, string>), JACKFIELD_DATA_DIR: folder },
  });
  onTestFinished(() => app.close().catch(() => undefined));
  const page = await app.firstWindow();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return { app, page, dataDir: folder };
}

/** Quits as the menu does. Answers the exit code, once the process is gone. */
export async function quitElectron({ app }: Pick<Opened, 'app'>): Promise<number | null> {
  const own = app.process();
  const ended = own.exitCode === null ? once(own, 'exit') : undefined;
  // The answer may be cut off by the end that it is about.
  await app.evaluate(({ app: electron }) => electron.quit()).catch(() => undefined);
  await ended;
  return own.exitCode;
}

/** Asks the app by the page's own bridge. */
export function ask(page: Page, method: string, params: object = {}): Promise<unknown> {
  return page.evaluate(
    ([name, given]) =>
      new Promise((resolve, reject) => {
        type Bridge = {
          send(message: unknown): void;
          onMessage(callback: (message: unknown) => void): () => void;
        };
        const { jackfield } = window as unknown as { jackfield: Bridge };
        const id = `test-${Math.random()}`;
        const stop = jackfield.onMessage((message) => {
          const {
            id: of,
            result,
            error,
          } = message as { id?: string; result?: unknown; error?: { message: string } };
          if (of !== id) return;
          stop();
          if (error) reject(new Error(error.message));
          else resolve(result);
        });
        jackfield.send({ jsonrpc: '2.0', id, method: name, params: given });
      }),
    [method, params] as const,
  );
}
