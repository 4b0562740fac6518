import type { Browser, Page } from 'playwright-core';
import { Host, realServer } from '../support/host.js';
import { newWindow, startBrowser } from './browser.js';
import { startFloodingServer } from './flooding-server.js';
import type { Figure } from './report.js';
import { navigationFigures } from './navigation.js';
import { median } from './stats.js';

const LINES = 100_000;
const OPENINGS = 9;
const PER_SECOND = 5_000;
const FOLLOW_SECONDS = 5;
const FOLLOW_PASSES = 3;
const CHANGES = 100;

/** The window in a real Chromium: how fast it is there, a long log, and what is left of many screens. */
export async function windowFigures(): Promise<Figure[]> {
  const browser = await startBrowser();
  try {
    return [
      ...(await navigationFigures(browser)),
      ...(await heapFigures(browser)),
      ...(await logFigures(browser)),
    ];
  } finally {
    await browser.close();
  }
}

/**
 * What a hundred changes of the screen leave in memory. V8 goes on compiling what runs often for about as many changes,
 * and its code counts as heap: so as many are made before. What they add is told too.
 */
async function heapFigures(browser: Browser): Promise<Figure[]> {
  await using host = await Host.start();
  const { server } = await host.client.call('server.create', {
    server: { name: 'one', transport: realServer('memory') },
  });
  const tabs = ['overview', 'configure', 'tools', 'resources', 'prompts', 'logs', 'sync', 'history'];
  const screens = [
    '#/',
    ...tabs.map((tab) => `#/servers/${server.id}/${tab}`),
    '#/remotes',
    '#/import',
    '#/activity',
    '#/settings',
  ];
  const page = await newWindow(browser);
  await page.goto(host.ready.url);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  const session = await page.context().newCDPSession(page);
  const used = async (): Promise<{ mb: number; nodes: number }> => {
    for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { nodes } = await session.send('Memory.getDOMCounters');
    return { mb: usedSize / 1_000_000, nodes };
  };
  const change = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) await show(page, screens[at % screens.length] ?? '#/');
    await show(page, '#/');
  };
  await change(screens.length * 2);
  const cold = await used();
  await change(CHANGES);
  const before = await used();
  await change(CHANGES);
  const after = await used();
  await page.close();
  return [
    {
      name: `window's heap after ${CHANGES} changes of the screen ÷ before`,
      value: after.mb / before.mb,
      unit: 'ratio',
      goal: { atMost: 1.1 },
      detail: `${before.mb.toFixed(1)} and ${after.mb.toFixed(1)} MB, ${screens.length} screens; when each had been seen twice, before V8 had compiled them: ${cold.mb.toFixed(1)} MB`,
    },
    {
      name: `elements left by ${2 * CHANGES} changes of the screen`,
      value: after.nodes - cold.nodes,
      unit: 'count',
      goal: { atMost: 0 },
      detail: `${cold.nodes} before, ${after.nodes} after`,
    },
  ];
}

/** Goes to a screen and waits until nothing has changed on it for some frames. */
function show(page: Page, hash: string): Promise<void> {
  return page.evaluate(async (to) => {
    let changed = 0;
    const observer = new MutationObserver(() => (changed = 0));
    observer.observe(document.body, { childList: true, subtree: true });
    location.hash = to;
    for (; changed < 6; changed += 1) await new Promise(requestAnimationFrame);
    observer.disconnect();
  }, hash);
}

/** A log of a hundred thousand lines: how long its tab takes to open, and whether it keeps up with a flood. */
async function logFigures(browser: Browser): Promise<Figure[]> {
  await using host = await Host.start();
  const serverId = await startFloodingServer(host);
  const flood = (lines: number): Promise<unknown> =>
    host.client.call('tool.call', { serverId, name: 'flood', arguments: { lines } });
  await flood(LINES);
  const last = { serverId, limit: 1, search: `line ${LINES} of` };
  while ((await host.client.call('run.logs', last)).entries.length === 0);

  const page = await newWindow(browser);
  await page.goto(host.ready.url);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  const opened: number[] = [];
  for (let round = 0; round <= OPENINGS; round += 1) {
    await show(page, `#/servers/${serverId}/overview`);
    await page.getByRole('tab', { name: /^Logs/ }).waitFor();
    const took = await openLogs(page);
    // The first opening also compiles what it runs.
    if (round > 0) opened.push(took);
  }
  const passes: { count: number; longest: number; seconds: number }[] = [];
  for (let pass = 0; pass < FOLLOW_PASSES; pass += 1) passes.push(await follow(page, flood));
  const longest = passes.map((pass) => pass.longest);
  return [
    {
      name: `opening the tab of ${LINES} log lines`,
      value: median(opened),
      unit: 'ms',
      goal: { atMost: 100 },
      detail: `click to paint, median of ${OPENINGS}, longest ${Math.max(...opened).toFixed(0)} ms`,
    },
    {
      name: `following ${PER_SECOND} lines/s: longest task`,
      value: median(longest),
      unit: 'ms',
      goal: { atMost: 50 },
      detail: `median of ${FOLLOW_PASSES} passes of ${PER_SECOND * FOLLOW_SECONDS} lines; long tasks in each: ${passes.map(({ count }) => count).join(', ')}; longest of all ${Math.max(...longest).toFixed(0)} ms; took ${median(passes.map(({ seconds }) => seconds)).toFixed(1)} s`,
    },
  ];
}

/** Milliseconds from the click on the tab to the paint that shows the last line. */
function openLogs(page: Page): Promise<number> {
  return page.evaluate(async (text) => {
    const tabs = [...document.querySelectorAll<HTMLElement>('[role=tab]')];
    const tab = tabs.find((each) => each.textContent.trim().startsWith('Logs'));
    const start = performance.now();
    tab?.click();
    while (!document.querySelector('[role=log]')?.textContent.includes(text))
      await new Promise(requestAnimationFrame);
    await new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(0);
    });
    return performance.now() - start;
  }, `line ${LINES} of`);
}

/** Lines in tenths of a second's worth, while the page tells its tasks of more than 50 ms. */
async function follow(
  page: Page,
  flood: (lines: number) => Promise<unknown>,
): Promise<{ count: number; longest: number; seconds: number }> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    });
    observer.observe({ type: 'longtask' });
    Object.assign(window, { tasks, observer });
  });
  const batch = PER_SECOND / 10;
  const start = performance.now();
  for (let sent = 0; sent < FOLLOW_SECONDS * 10; sent += 1) {
    const due = start + sent * 100 - performance.now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    await flood(batch);
  }
  const seconds = (performance.now() - start) / 1_000;
  const tasks = await page.evaluate(async () => {
    for (let frame = 0; frame < 30; frame += 1) await new Promise(requestAnimationFrame);
    const seen = window as unknown as { tasks: number[]; observer: PerformanceObserver };
    seen.observer.disconnect();
    return seen.tasks;
  });
  return { count: tasks.length, longest: Math.max(0, ...tasks), seconds };
}
