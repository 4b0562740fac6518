import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { ROOT } from './host.js';

/** Electron's own executable, where it has been downloaded and a window can be shown; else why not, in one line. */
export function electronRuntime(): { executable: string } | { missing: string } {
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

/** The built app under a real Electron, ended with the test. */
export async function openElectron(executable: string, dataDir?: string, ...args: string[]): Promise<Opened> {
  const folder = dataDir ?? (await newDataDir());
  const app = await _electron.launch({
    executablePath: executable,
    args: [ROOT, ...args],
    env: { ...(process.env as Record<string, string>), JACKFIELD_DATA_DIR: folder },
  });
  onTestFinished(() => app.close().catch(() => undefined));
  const page = await app.firstWindow();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return { app, page, dataDir: folder };
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
