import { describe, expect, it } from 'vitest';
import { pause } from '../clock.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { ProcUsage, ThreadUsage } from './proc-usage.ts';
import { listProcTree, readProcUsage, readThreads } from './proc-usage.ts';
import { watchProcesses } from './watch-processes.ts';

const MB = 1_000_000;

/** A system of processes whose figures the test sets; its clock is at 5 s. */
async function fakeSystem() {
  const clock = new VirtualClock();
  await clock.runUntil(pause(clock, 5_000_000));
  const usages = new Map<number, ProcUsage>();
  const threads = new Map<number, ReadonlyMap<number, ThreadUsage>>();
  return {
    clock,
    usages,
    threads,
    set: (pid: number, cpuMs: number, residentMb: number, sharedMb = 0) =>
      usages.set(pid, { cpuUs: cpuMs * 1000, residentBytes: residentMb * MB, sharedBytes: sharedMb * MB }),
    pass: (seconds: number) => clock.runUntil(pause(clock, seconds * 1e6)),
    access: {
      read: (pid: number) => usages.get(pid) ?? null,
      listTree: (pid: number) => [...usages.keys()].filter((one) => Math.floor(one / 10) === Math.floor(pid / 10)),
      readThreads: (pid: number) => threads.get(pid) ?? new Map(),
      nowUs: () => clock.nowUs(),
    },
  };
}

describe('the watch of processes', () => {
  it('tells the CPU of every second and the memory at each reading, on the clock of the run', async () => {
    const system = await fakeSystem();
    system.set(10, 700, 80);
    const watch = watchProcesses(() => [{ name: 'gateway-1', pid: 10 }], system.access, system.clock);
    system.set(10, 1_170, 120);
    await system.pass(1);
    system.set(10, 1_200, 121);
    await system.pass(0.5);
    expect(await system.clock.runUntil(watch.stop(6_000_000))).toEqual([
      {
        name: 'gateway-1',
        atUs: [-1_000_000, 0, 500_000],
        cpuRatio: [null, 0.47, 0.06],
        residentBytes: [80 * MB, 120 * MB, 121 * MB],
      },
    ]);
  });

  it('counts helpers as part of a component, and their shared pages once', async () => {
    const system = await fakeSystem();
    system.set(20, 100, 50, 40);
    system.set(21, 300, 60, 40);
    const watch = watchProcesses(() => [{ name: 'postgres', pid: 20 }], system.access, system.clock);
    system.set(20, 200, 50, 40);
    system.set(21, 600, 60, 40);
    await system.pass(1);
    expect((await system.clock.runUntil(watch.stop(0)))?.[0]).toMatchObject({
      cpuRatio: [null, 0.4],
      residentBytes: [70 * MB, 70 * MB],
    });
  });

  it('tells beside it what its busiest thread had of a core, and what it waited for one', async () => {
    const system = await fakeSystem();
    system.set(70, 0, 50);
    const put = (main: readonly [number, number], helper: readonly [number, number]) =>
      system.threads.set(
        70,
        new Map(
          [main, helper].map(([ran, waited], index) => [70 + index, { ranUs: ran * 1e3, waitedUs: waited * 1e3 }]),
        ),
      );
    put([100, 5_000], [900, 0]);
    const watch = watchProcesses(() => [{ name: 'worker', pid: 70 }], system.access, system.clock);
    put([700, 5_300], [1_550, 10]);
    system.set(70, 1_250, 50);
    await system.pass(1);
    expect((await system.clock.runUntil(watch.stop(0)))?.[0]).toMatchObject({
      cpuRatio: [null, 1.25],
      threadRatio: [null, 0.6],
      waitingRatio: [null, 0.3],
    });
  });

  it("goes silent on a process that has ended, also where its number is another one's later", async () => {
    const system = await fakeSystem();
    system.set(30, 100, 50);
    const watch = watchProcesses(() => [{ name: 'worker-1', pid: 30 }], system.access, system.clock);
    system.usages.clear();
    await system.pass(1);
    system.set(30, 9_000, 70);
    await system.pass(1);
    const [series] = (await system.clock.runUntil(watch.stop(0))) ?? [];
    expect(series?.cpuRatio).toEqual([null, null, null]);
    expect(series?.residentBytes).toEqual([50 * MB, null, null]);
  });

  it('goes on, after a gap, with the process that a component is when it was started again', async () => {
    const system = await fakeSystem();
    const processes = [{ name: 'gateway-1', pid: 50 }];
    system.set(50, 700, 80);
    const watch = watchProcesses(() => processes, system.access, system.clock);
    system.usages.clear();
    await system.pass(1);
    system.set(60, 400, 30);
    system.set(61, 100, 10);
    processes[0] = { name: 'gateway-1', pid: 60 };
    await system.pass(1);
    system.set(60, 600, 35);
    system.set(61, 200, 10);
    await system.pass(1);
    expect(await system.clock.runUntil(watch.stop(5_000_000))).toEqual([
      {
        name: 'gateway-1',
        atUs: [0, 1e6, 2e6, 3e6],
        cpuRatio: [null, null, null, 0.3],
        residentBytes: [80 * MB, null, 40 * MB, 45 * MB],
      },
    ]);
  });

  it('takes on processes that are started later, and yields nothing where nothing can be seen', async () => {
    const system = await fakeSystem();
    const watch = watchProcesses(() => [{ name: 'gone', pid: 1 }], system.access, system.clock);
    expect(await system.clock.runUntil(watch.stop(0))).toBeNull();
    system.set(40, 0, 5);
    const other = watchProcesses(() => [], system.access, system.clock);
    other.add({ name: 'generator-1', pid: 40 });
    expect((await system.clock.runUntil(other.stop(0)))?.map(({ name }) => name)).toEqual(['generator-1']);
  });
});

describe.runIf(process.platform === 'linux')('the reading of /proc', () => {
  it('agrees with what the process knows of itself', () => {
    const usage = readProcUsage(process.pid);
    const { user, system } = process.cpuUsage();
    expect(Math.abs((usage?.cpuUs ?? 0) - user - system)).toBeLessThan(200_000);
    expect((usage?.residentBytes ?? 0) / process.memoryUsage.rss()).toBeGreaterThan(0.5);
    expect((usage?.residentBytes ?? 0) / process.memoryUsage.rss()).toBeLessThan(2);
    expect(listProcTree(process.pid)[0]).toBe(process.pid);
    expect(readProcUsage(2 ** 22 + 1)).toBeNull();
    const ranUs = [...readThreads(process.pid).values()].reduce((sum, thread) => sum + thread.ranUs, 0);
    expect(Math.abs(ranUs - user - system)).toBeLessThan(300_000);
    expect(readThreads(2 ** 22 + 1).size).toBe(0);
  });
});
