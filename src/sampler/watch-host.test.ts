import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { parseHostCpu, readHostCpu } from './host-cpu.ts';
import { HOST_UNSEEN, watchHost } from './watch-host.ts';

const START_US = 7_000_000;
const SPAN = { fromUs: 1_000_000, toUs: 3_250_000 };

/** Two cores of 100 ticks a second each, of which the hypervisor takes as many as `stolenPerSecond` says for that second. */
function sharedMachine(stolenPerSecond: readonly number[]) {
  const clock = new VirtualClock();
  const read = () => {
    const seconds = clock.nowUs() / 1e6;
    const stealTicks = stolenPerSecond.reduce(
      (sum, ticks, second) => sum + ticks * Math.min(1, Math.max(0, seconds - second)),
      0,
    );
    // Of the time 30 % is used by programs, of which a tenth of a core by this one.
    return { stealTicks, busyTicks: seconds * 60, totalTicks: seconds * 200 };
  };
  return { clock, access: { clock, read, readOwnUs: () => clock.nowUs() / 10, cores: 2 } };
}

const passUntil = (clock: VirtualClock, atUs: number) =>
  clock.runUntil(new Promise<void>((resolve) => clock.after(atUs - clock.nowUs(), resolve)));

describe('the watch of the host', () => {
  it('tells what was stolen during measure alone, as a whole and second by second', async () => {
    // 100 ticks a second before measure and after it, which nobody asks for: measure is seconds 8 to 10.25.
    const { clock, access } = sharedMachine([0, 0, 0, 0, 0, 0, 0, 100, 10, 0, 36, 100]);
    await passUntil(clock, START_US);
    const watch = watchHost(START_US, SPAN, access);
    await passUntil(clock, START_US + 5_000_000);
    // 10 + 0 + 9 of 450 ticks. The quarter of a second at the end belongs to the second before it.
    const expected = {
      stealRatio: 0.0422,
      series: {
        atUs: [1_000_000, 2_000_000, 3_250_000],
        stealRatio: [null, 0.05, 0.036],
        busyRatio: [null, 0.25, 0.25],
      },
    };
    expect(watch.stop()).toEqual(expected);
    expect(watch.stop()).toEqual(expected);
  });

  it('tells of a run that ends early what it saw of it', async () => {
    const { clock, access } = sharedMachine([0, 20, 20, 20]);
    const watch = watchHost(0, { fromUs: 1_000_000, toUs: 9_000_000 }, access);
    await passUntil(clock, 2_700_000);
    expect(watch.stop()).toEqual({
      stealRatio: 0.1,
      series: { atUs: [1_000_000, 2_000_000, 2_700_000], stealRatio: [null, 0.1, 0.1], busyRatio: [null, 0.25, 0.25] },
    });
  });

  it('goes on where its clock stood still for seconds', async () => {
    const { clock, access } = sharedMachine([0, 20, 20, 20, 20]);
    const watch = watchHost(0, { fromUs: 1_000_000, toUs: 5_000_000 }, access);
    await passUntil(clock, 1_100_000);
    clock.block(2_000_000);
    await passUntil(clock, 6_000_000);
    expect(watch.stop().series?.atUs).toEqual([1_000_000, 3_100_000, 4_100_000, 5_000_000]);
  });

  it.each([
    ['the machine cannot tell', null, 4_000_000],
    ['measure never began', { stealTicks: 1, busyTicks: 1, totalTicks: 2 }, 500_000],
  ])('has nothing where %s', async (_, cpu, untilUs) => {
    const clock = new VirtualClock();
    const watch = watchHost(0, SPAN, { clock, read: () => cpu });
    await passUntil(clock, untilUs);
    expect(watch.stop()).toEqual(HOST_UNSEEN);
  });
});

describe('the CPU time of the host', () => {
  it('is the sum of the first eight fields of all cores, steal the eighth', () => {
    const text = 'cpu  1 2 4 8 16 32 64 128 256 512\ncpu0 9 9 9 9 9 9 9 9 9 9\n';
    expect(parseHostCpu(text)).toEqual({ stealTicks: 128, busyTicks: 7, totalTicks: 255 });
  });

  it.each(['', 'intr 5\n', 'cpu 1 2 3 4 5 6 7\n', 'cpu 1 2 3 4 5 6 7 x\n'])('is unknown from %j', (text) =>
    expect(parseHostCpu(text)).toBeNull(),
  );

  it.runIf(process.platform === 'linux')('can be read here', () => {
    const cpu = readHostCpu();
    expect(cpu!.totalTicks).toBeGreaterThan(cpu!.stealTicks);
  });
});
