import { defineConfig } from 'vitest/config';

const needsServices = ['src/**/*.integration.test.ts', 'src/**/*.e2e.test.ts'];
const needsBrowser = ['src/**/*.browser.test.ts'];
/** Minutes of containers, for `npm run containers`; what every change has to stand up to is an integration test. */
const needsContainers = ['src/**/*.containers.test.ts'];

/** Minutes of sound runs, for `npm run soundness`: what is told of them depends on what else the machine does. */
const takesMinutes = ['src/cli/e2e/no-false-alarm.e2e.test.ts'];

/** What is expected of these is how long something takes. */
const measuresTime = [
  'src/cli/e2e/agents-on-machines.e2e.test.ts',
  'src/cli/e2e/hall-on-machines.e2e.test.ts',
  'src/cli/e2e/sound-cluster.e2e.test.ts',
  'src/cli/e2e/validity.e2e.test.ts',
  'src/cli/e2e/whose-stop.e2e.test.ts',
  'src/cli/e2e/why-slow.e2e.test.ts',
  'src/cluster/flooder.integration.test.ts',
  'src/cluster/resume-storm.integration.test.ts',
  'src/generator/stalls.integration.test.ts',
  'src/generator/load/metronome.integration.test.ts',
];

/** Files at a time, and tests at a time of a file that has them run beside each other, on whatever cores there are. */
const SHARED_BY = 2;

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
          maxWorkers: 3,
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [...needsServices, ...needsBrowser, ...needsContainers],
          // A limit for what hangs. How fast something is, is for `npm run bench` to say, on a machine that has time.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: PATIENT,
        },
      },
      // What these expect holds on a busy machine too, and much of their time is waiting: for brokers to start, for load to pass.
      {
        test: {
          name: 'services',
          include: needsServices,
          exclude: [...measuresTime, ...takesMinutes],
          sequence: { groupOrder: 1 },
          maxWorkers: SHARED_BY,
          maxConcurrency: SHARED_BY,
          expect: PATIENT,
          testTimeout: 240_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: needsBrowser,
          sequence: { groupOrder: 1 },
          maxWorkers: SHARED_BY,
          maxConcurrency: SHARED_BY,
          expect: PATIENT,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'soundness',
          include: takesMinutes,
          fileParallelism: false,
          testTimeout: 240_000,
          expect: PATIENT,
        },
      },
      { test: { name: 'containers', include: needsContainers, fileParallelism: false, expect: PATIENT } },
      // After all others, and one file at a time: two at once would measure each other.
      {
        test: {
          name: 'alone',
          include: measuresTime,
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          expect: PATIENT,
          testTimeout: 240_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
