import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../platform/durable-file.js';

const fileSchema = z.record(z.string(), z.number());

/** When npx itself last ran each package, and so asked the registry for something newer. Lost without harm. */
export class NpxConfirmations {
  readonly #file: string;
  #known: Promise<Map<string, number>> | undefined;

  constructor(cacheDir: string) {
    this.#file = path.join(cacheDir, 'npx-confirmed.json');
  }

  async at(spec: string): Promise<number | undefined> {
    return (await this.#load()).get(spec);
  }

  async confirm(spec: string, now: number): Promise<void> {
    const known = await this.#load();
    known.set(spec, now);
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    await replaceFile(this.#file, JSON.stringify(Object.fromEntries(known)), { fsync: false });
  }

  #load(): Promise<Map<string, number>> {
    this.#known ??= readFile(this.#file, 'utf8').then(
      (text) => new Map(Object.entries(fileSchema.safeParse(tryParse(text)).data ?? {})),
      () => new Map<string, number>(),
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
