import { defineConfig } from 'vitest/config';

const needsServices = ['src/**/*.integration.test.ts', 'src/**/*.e2e.test.ts'];
const needsBrowser = ['src/**/*.browser.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [...needsServices, ...needsBrowser],
          // A limit for what hangs. How fast something is, is for `npm run bench` to say, on a machine that has time.
          testTimeout: 60_000,
        },
      },
      // One file at a time: every one of them starts brokers or drives load, and two at once would measure each other.
      {
        test: {
          name: 'services',
          include: needsServices,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: needsBrowser,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
