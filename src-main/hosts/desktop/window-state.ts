import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow, Rectangle } from 'electron';
import { z } from 'zod';
import { replaceFile } from '../../platform/durable-file.js';

const size = z.number().int().min(400).max(20_000);
const place = z.number().int().min(-50_000).max(50_000);
const stateSchema = z.strictObject({
  x: place.optional(),
  y: place.optional(),
  width: size,
  height: size,
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof stateSchema>;

const WRITE_AFTER_MS = 500;

const overlaps = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Where the window was last, unless that display is gone: then its size alone. Nothing where none was kept. */
export function readWindowState(dataDir: string, displays: readonly Rectangle[]): WindowState | undefined {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(file(dataDir), 'utf8')));
    const { x, y, width, height } = state;
    if (x === undefined || y === undefined) return state;
    const visible = displays.some((display) => overlaps({ x, y, width, height }, display));
    return visible ? state : { width, height, maximized: state.maximized };
  } catch {
    return undefined;
  }
}

export function rememberWindow(window: BrowserWindow, dataDir: string): void {
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    if (window.isDestroyed()) return;
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    // Losing a position is no loss worth a message.
    void replaceFile(file(dataDir), JSON.stringify(state)).catch(() => undefined);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(write, WRITE_AFTER_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', write);
  window.once('closed', () => clearTimeout(timer));
}

const file = (dataDir: string): string => join(dataDir, 'window.json');
