import { expect, it } from 'vitest';
import { Availability } from '../../../src-main/vault/availability.js';
import { KeychainFailure } from '../../../src-main/vault/keychain-failure.js';
import type { SecretStore } from '../../../src-main/vault/secret-store.js';

it('asks once more where a question is on its way, since that may have been answered before it was locked', async () => {
  const answers: { resolve(): void; reject(error: unknown): void }[] = [];
  const check = (): Promise<void> =>
    new Promise((resolve, reject) => answers.push({ resolve: () => resolve(), reject }));
  const availability = new Availability({ check } as unknown as SecretStore, 'linux');
  const first = availability.probe();
  const [second, third] = [availability.probe(), availability.probe()];
  answers[0]?.resolve();
  expect(await first).toBeUndefined();
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.reject(new KeychainFailure('locked'));
  expect(await second).toMatchObject({ why: 'locked' });
  expect(await third).toMatchObject({ why: 'locked' });
  expect(answers).toHaveLength(2);
  await availability.settled();
});
