import { defineConfig } from 'vitest/config';

const needsServices = ['src/**/*.integration.test.ts', 'src/**/*.e2e.test.ts'];
const needsBrowser = ['src/**/*.browser.test.ts'];

/** How long something may take to come true on a machine that others keep busy. */
const PATIENT = { poll: { timeout: 20_000 } } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // A file puts back what it changes of its process, and mocks no module: loading everything for each of 200 files
          // would take longer than the tests.
          isolate: false,
          // Much of it waits for children and sockets; the default of two cores is one.
          maxWorkers: 2,
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [...needsServices, ...needsBrowser],
          // A limit for what hangs. How fast something is, is for `npm run bench` to say, on a machine that has time.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: PATIENT,
        },
      },
      // One file at a time: every one of them starts brokers or drives load, and two at once would measure each other.
      {
        test: {
          name: 'services',
          include: needsServices,
          fileParallelism: false,
          expect: PATIENT,
          testTimeout: 240_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: needsBrowser,
          expect: PATIENT,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
