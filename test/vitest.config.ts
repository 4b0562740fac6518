import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { staticIcons } from '../build/lib/static-icons.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** How long a test waits for what never comes: a limit for what hangs, not a measure of the machine. */
const patient = {
  setupFiles: ['test/support/patience.ts'],
  expect: { poll: { timeout: 30_000 } },
};

/**
 * unit         src-main's parts, no process of ours is started
 * renderer     components and state under jsdom
 * integration  the real host, real MCP servers, a real keychain where one runs
 * e2e          the real page in a real Chromium
 * peers        real Letta and Bifrost servers; run by `npm run test:peers` alone
 */
export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    projects: [
      {
        root,
        test: {
          ...patient,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      {
        root,
        plugins: [
          staticIcons(),
          svelte({ configFile: `${root}src-renderer/svelte.config.js` }),
          svelteTesting(),
        ],
        test: {
          ...patient,
          name: 'renderer',
          include: ['test/renderer/**/*.test.ts'],
          environment: 'jsdom',
          testTimeout: 60_000,
          setupFiles: [...patient.setupFiles, 'test/renderer/setup.ts'],
        },
      },
      {
        root,
        test: {
          ...patient,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file starts real processes; two at a time keeps a small machine honest.
          maxWorkers: 2,
        },
      },
      {
        root,
        test: {
          ...patient,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 90_000,
          hookTimeout: 90_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          environment: 'node',
          // A real gateway may try for a while to connect before it answers.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
