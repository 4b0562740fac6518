import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** One picture: where it is taken, and what is pressed and waited for before. */
export type Scene = {
  name: string;
  /** Left out: the page as the address alone opens it. */
  hash?: string;
  open?: (page: Page) => Promise<unknown>;
  /** Puts back what that changed for the pictures after it. */
  after?: (page: Page) => Promise<unknown>;
};

/** A host as far as its page goes. */
export type Shown = { ready: { url: string } };

const SIZES = [
  { suffix: '', width: 1_280, height: 800 },
  { suffix: '-small', width: 900, height: 600 },
];
const THEMES = ['light', 'dark'] as const;
const PATIENCE_MS = 20_000;

/**
 * Takes every scene in both themes and two sizes, each stage's into a folder of its own. What a scene waits for and
 * never sees is told, not passed over.
 */
export class Camera {
  readonly faults: string[] = [];
  #stage = '';

  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
    private readonly only: string,
  ) {}

  /** @param only `stage` or `stage/the-start-of-a-name`; empty: everything */
  static async open(folder: string, only = ''): Promise<Camera> {
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    return new Camera(browser, folder, only);
  }

  /** Turns to a stage. Answers whether any picture of it is asked for. */
  async turnTo(stage: string): Promise<boolean> {
    this.#stage = stage;
    const isWanted = this.only === '' || this.only.split('/')[0] === stage;
    if (isWanted) await mkdir(join(this.folder, stage), { recursive: true });
    return isWanted;
  }

  /** @param before called with each page before it goes anywhere */
  async take(
    host: Shown,
    scenes: readonly Scene[],
    language = 'en-US',
    before?: (page: Page) => Promise<void>,
  ): Promise<void> {
    const start = this.only.split('/')[1] ?? '';
    for (const scene of scenes) {
      if (!scene.name.startsWith(start)) continue;
      for (const { suffix, ...viewport } of SIZES)
        for (const theme of THEMES)
          await this.#shoot(
            host,
            scene,
            `${scene.name}-${theme}${suffix}`,
            {
              viewport,
              colorScheme: theme,
              reducedMotion: 'reduce',
              locale: language,
            },
            before,
          );
    }
  }

  async #shoot(
    host: Shown,
    { hash, open, after }: Scene,
    name: string,
    look: NonNullable<Parameters<Browser['newPage']>[0]>,
    before: ((page: Page) => Promise<void>) | undefined,
  ): Promise<void> {
    const page = await this.browser.newPage(look);
    page.setDefaultTimeout(PATIENCE_MS);
    try {
      await before?.(page);
      await page.goto(host.ready.url);
      if (hash !== undefined) {
        await page.getByRole('navigation').first().waitFor();
        await page.evaluate((next) => (window.location.hash = next), hash);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
      }
      await page.waitForLoadState('networkidle');
      await open?.(page);
    } catch (error) {
      this.faults.push(`${name}: ${(error as Error).message.split('\n').slice(0, 4).join(' ')}`);
    }
    await page.screenshot({ path: join(this.folder, this.#stage, `${name}.png`) });
    await after?.(page);
    await page.close();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
