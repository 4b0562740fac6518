import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../platform/durable-file.js';

/** The last start by the package runner itself: when (epoch ms), and how long it took to be ready (ms). */
export type Confirmation = { at: number; readyMs: number };

const fileSchema = z.record(z.string(), z.object({ at: z.number(), readyMs: z.number() }));

/** When npx or uvx itself last ran each package, and so asked its registry. Lost without harm. */
export class PackageConfirmations {
  readonly #file: string;
  #known: Promise<Map<string, Confirmation>> | undefined;

  constructor(cacheDir: string) {
    this.#file = path.join(cacheDir, 'packages-confirmed.json');
  }

  async of(key: string): Promise<Confirmation | undefined> {
    return (await this.#load()).get(key);
  }

  async confirm(key: string, confirmation: Confirmation): Promise<void> {
    (await this.#load()).set(key, confirmation);
    await this.#write();
  }

  /** What was trusted did not hold: the runner is asked again at the next start. */
  async retract(key: string): Promise<void> {
    if ((await this.#load()).delete(key)) await this.#write();
  }

  async #write(): Promise<void> {
    const known = await this.#load();
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    await replaceFile(this.#file, JSON.stringify(Object.fromEntries(known)), { fsync: false });
  }

  #load(): Promise<Map<string, Confirmation>> {
    this.#known ??= readFile(this.#file, 'utf8').then(
      (text) => new Map(Object.entries(fileSchema.safeParse(tryParse(text)).data ?? {})),
      () => new Map<string, Confirmation>(),
    );
    return this.#known;
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
