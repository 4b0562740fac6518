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

/** So much of a title bar has to be on a display for the window to be taken hold of there. */
const GRIP = { width: 120, height: 30 };

function canBeMoved({ x, y, width }: Rectangle, display: Rectangle): boolean {
  const seen = Math.min(x + width, display.x + display.width) - Math.max(x, display.x);
  // Some window managers put a border, or a pixel of the bar itself, above the display.
  const isBelowTop = y + GRIP.height / 2 >= display.y;
  return seen >= GRIP.width && isBelowTop && y + GRIP.height <= display.y + display.height;
}

/**
 * Where the window was last, unless its title bar would be on no display any more: then its size alone, no larger than
 * the largest display has room for. Nothing where none was kept.
 */
export function readWindowState(dataDir: string, displays: readonly Rectangle[]): WindowState | undefined {
  try {
    const { x, y, maximized, ...size } = stateSchema.parse(JSON.parse(readFileSync(file(dataDir), 'utf8')));
    const place = x === undefined || y === undefined ? undefined : { x, y };
    const display = place && displays.find((one) => canBeMoved({ ...place, ...size }, one));
    if (display) return { ...place, ...size, maximized };
    const [room] = [...displays].sort((a, b) => b.width * b.height - a.width * a.height);
    if (!room) return undefined;
    const { width, height } = size;
    return { width: Math.min(width, room.width), height: Math.min(height, room.height), maximized };
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
