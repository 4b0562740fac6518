export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear interpolation between the closest ranks. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Times one run in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Runs two things in turn, A B A B …, so that a machine whose speed drifts slows both alike. The first round of each
 * is not counted.
 */
export async function interleaved(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number[]; b: number[]; ratios: number[] }> {
  await a();
  await b();
  const result = { a: [] as number[], b: [] as number[], ratios: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes, so that neither always meets a warmer cache.
    const first = round % 2 === 0 ? await a() : undefined;
    const second = await b();
    const third = first ?? (await a());
    result.a.push(third);
    result.b.push(second);
    result.ratios.push(third / second);
  }
  return result;
}
