import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { remoteInputSchema, SCHEMA_VERSION, serverInputSchema } from '../../src-main/contract/index.js';
import { Host } from '../support/host.js';
import { startBrowser } from './browser.js';
import type { Figure } from './report.js';
import { median, quantile } from './stats.js';

const SERVERS = 10_000;
const REMOTES = 14;
const WORDS = ['server 12', 'docs', 'nothing like it', 'example/server-9'];

async function folderWithBay(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-bench-'));
  const servers = Array.from({ length: SERVERS }, (_, index) => ({
    id: randomUUID(),
    revision: 1,
    ...serverInputSchema.parse({
      name: `server ${index}`,
      tags: index % 3 === 0 ? ['docs'] : [],
      transport: { type: 'stdio', command: 'npx', args: ['-y', `@example/server-${index}`] },
    }),
  }));
  const remotes = Array.from({ length: REMOTES }, (_, index) => ({
    id: randomUUID(),
    revision: 1,
    // A port where nobody listens: the figures are the window's own.
    ...remoteInputSchema.parse({ kind: 'letta', name: `remote ${index}`, baseUrl: 'http://127.0.0.1:9' }),
  }));
  const links = servers.flatMap((server, row) =>
    remotes.flatMap((remote, column) =>
      (row + column) % 5 === 0
        ? [
            {
              id: randomUUID(),
              serverId: server.id,
              remoteId: remote.id,
              remoteName: server.name,
              state: 'in_sync',
            },
          ]
        : [],
    ),
  );
  const file = {
    schemaVersion: SCHEMA_VERSION,
    servers,
    remotes,
    links,
    settings: { watchRemotes: false },
    salt: randomUUID(),
  };
  await writeFile(join(folder, 'catalog.json'), JSON.stringify(file), { mode: 0o600 });
  return folder;
}

/** Ten thousand servers and fourteen remotes in a real Chromium: keystrokes in the filter, and scrolling. */
export async function patchBayFigures(): Promise<Figure[]> {
  const dataDir = await folderWithBay();
  const home = await mkdtemp(join(tmpdir(), 'jackfield-home-'));
  const browser = await startBrowser();
  try {
    await using host = await Host.start({ dataDir, env: { HOME: home } });
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
    await page.goto(host.ready.url);
    await page.getByRole('rowheader').first().waitFor();
    const keys = await keystrokes(page);
    const scrolled: Figure[] = [];
    for (const [how, step] of Object.entries(STEPS))
      scrolled.push(scrollFigure(how, await scrolling(page, step)));
    return [
      {
        name: `filter among ${SERVERS}: key to paint, p95`,
        value: quantile(keys, 0.95),
        unit: 'ms',
        goal: { atMost: 50 },
        detail: `${keys.length} keys, ${REMOTES} columns, median ${quantile(keys, 0.5).toFixed(1)} ms`,
      },
      ...scrolled,
    ];
  } finally {
    await browser.close();
    await Promise.all(
      [dataDir, home].map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })),
    );
  }
}

function scrollFigure(how: string, { frames, worst }: { frames: number[]; worst: number }): Figure {
  return {
    name: `scrolling ${SERVERS} ${how}: longest frame`,
    value: Math.max(...frames),
    unit: 'ms',
    goal: { atMost: 50 },
    detail: `${frames.length} frames, each the median of ${PASSES} passes, p95 ${quantile(frames, 0.95).toFixed(1)} ms; longest of all passes ${worst.toFixed(1)} ms`,
  };
}

/** Milliseconds from each key to the paint that shows what it found. */
async function keystrokes(page: Page): Promise<number[]> {
  await page.getByRole('textbox', { name: 'Filter servers' }).focus();
  await page.evaluate(() => {
    const took: number[] = [];
    Object.assign(window, { took });
    // After the frame the key caused, a message is handled only once that frame was painted.
    window.addEventListener(
      'keydown',
      ({ timeStamp }) =>
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => took.push(performance.now() - timeStamp);
          channel.port2.postMessage(0);
        }),
      true,
    );
  });
  for (const word of WORDS) {
    await page.keyboard.type(word, { delay: 80 });
    for (let count = 0; count < word.length; count += 1)
      await page.keyboard.press('Backspace', { delay: 20 });
  }
  return page.evaluate(() => (window as unknown as { took: number[] }).took);
}

/** What is scrolled in one frame: a slow wheel, a fast one (a screen each), and the scroll bar that is dragged. */
const STEPS = { 'by rows': 100, 'by screens': 700, 'by jumps of 2,000 px': 2_000 } as const;
const PASSES = 5;

/**
 * Milliseconds of each frame while the grid is scrolled down. Another program that takes the processor makes a frame
 * long as well: so the same way is gone several times, and each of its frames counts by its median.
 */
async function scrolling(page: Page, step: number): Promise<{ frames: number[]; worst: number }> {
  const passes: number[][] = [];
  for (let pass = 0; pass < PASSES; pass += 1) passes.push(await scrollDown(page, step));
  const frames = (passes[0] ?? []).map((_, at) => median(passes.map((pass) => pass[at] ?? NaN)));
  return { frames, worst: Math.max(...passes.flat()) };
}

function scrollDown(page: Page, step: number): Promise<number[]> {
  return page.evaluate(async (by) => {
    const grid = document.querySelector<HTMLElement>('[role=grid]') as HTMLElement;
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    grid.scrollTop = 0;
    await frame();
    const took: number[] = [];
    let before = await frame();
    for (let count = 0; count < 120; count += 1) {
      grid.scrollTop += by;
      const now = await frame();
      took.push(now - before);
      before = now;
    }
    return took;
  }, step);
}
