/**
 * Milliseconds of processor time that `work` takes: unlike time on the clock it says the same on a busy machine, where
 * tests run beside each other.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
