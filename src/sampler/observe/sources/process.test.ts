import { expect, it } from 'vitest';
import type { ProcUsage, ThreadUsage } from '../../proc-usage.ts';
import { FirstReading } from '../first-reading.ts';
import { observeProcess, type ProcessSystem } from './process.ts';

const MB = 1_000_000;

/** A system of processes whose figures the test sets; the tens of a number are its parent. */
function fakeSystem() {
  const usages = new Map<number, ProcUsage>();
  const threads = new Map<number, ReadonlyMap<number, ThreadUsage>>();
  let looks = 0;
  let nowUs = 1_000_000;
  const system: ProcessSystem = {
    find: () => [...usages.keys()].filter((pid) => pid % 10 === 0),
    listTree: (pid) => [...usages.keys()].filter((one) => Math.floor(one / 10) === Math.floor(pid / 10)),
    read: (pid) => usages.get(pid) ?? null,
    countOpenFiles: (pid) => (usages.has(pid) ? pid : null),
    readThreads(pid) {
      looks++;
      return threads.get(pid) ?? new Map();
    },
    nowUs: () => nowUs,
  };
  const [cpu, busiest, waiting, memory, files] = observeProcess('w', { kind: 'process', process: 'w' }, system);
  return {
    usages,
    /** One thread each pair: ms on a core and ms in the queue for one. */
    setThreads: (pid: number, ...all: readonly (readonly [number, number])[]) =>
      threads.set(
        pid,
        new Map(all.map(([ran, waited], index) => [pid * 100 + index, { ranUs: ran * 1000, waitedUs: waited * 1000 }])),
      ),
    set: (pid: number, cpuMs: number, residentMb = 10, sharedMb = 0) =>
      usages.set(pid, { cpuUs: cpuMs * 1000, residentBytes: residentMb * MB, sharedBytes: sharedMb * MB }),
    pass: (seconds: number) => {
      nowUs += seconds * 1e6;
    },
    looks: () => looks,
    /** Null where a figure between two readings has its first. */
    read: () =>
      Promise.all(
        [cpu, busiest, waiting, memory, files].map((one) =>
          one!.read().catch((error: unknown) => {
            if (error instanceof FirstReading) return null;
            throw error;
          }),
        ),
      ),
  };
}

it('adds up what goes by a name with its helpers, and tells the busiest single thread beside it', async () => {
  const system = fakeSystem();
  system.set(10, 500);
  system.set(11, 100, 12, 4);
  system.set(20, 900, 20, 6);
  system.setThreads(10, [400, 0], [100, 900]);
  system.setThreads(20, [900, 1]);
  expect(await system.read()).toEqual([null, null, null, 38 * MB, 41]);
  system.pass(2);
  system.set(10, 700);
  system.set(11, 200, 12, 4);
  system.set(20, 2_700, 20, 6);
  system.setThreads(10, [500, 0], [200, 900]);
  system.setThreads(20, [2_400, 201], [300, 1_900]);
  expect(await system.read()).toEqual([1.05, 0.75, 0.1, 38 * MB, 41]);
});

it('goes on with whoever goes by the name later, and has no figure while nobody does', async () => {
  const system = fakeSystem();
  system.set(10, 500);
  await system.read();
  system.usages.clear();
  system.pass(1);
  await expect(system.read()).rejects.toThrow('no process goes by "w"');
  system.set(30, 8_000);
  system.pass(1);
  // What it used before anybody looked is none of this run's.
  expect((await system.read())[0]).toBeNull();
  system.pass(1);
  system.set(30, 8_250);
  expect((await system.read())[0]).toBe(0.25);
});

it('looks once at each process for all that it tells of one moment', async () => {
  const system = fakeSystem();
  for (const pid of [10, 11, 20]) system.set(pid, 100);
  for (let tick = 1; tick <= 3; tick++) {
    await system.read();
    expect(system.looks()).toBe(3 * tick);
    system.pass(0.1);
  }
});
