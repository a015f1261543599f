import { describe, expect, it } from 'vitest';
import { pause } from '../../clock.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { Observation } from './observation.ts';
import { sampleObservation } from './sample-observation.ts';

const pass = (clock: VirtualClock, forUs: number) => clock.runUntil(pause(clock, forUs));

async function open(
  read: (clock: VirtualClock) => Promise<number>,
  everyUs = 100_000,
  unit: Observation['unit'] = 'number',
) {
  const clock = new VirtualClock();
  await pass(clock, 500_000);
  let closed = 0;
  const observation: Observation = {
    name: 'lag',
    unit,
    read: () => read(clock),
    close: async () => void closed++,
  };
  const sampling = sampleObservation({ observation, source: 'redis', everyUs }, 0, clock);
  return { clock, sampling, closed: () => closed };
}

describe('the samples of an observation', () => {
  it('are those of its own interval, and one at the end', async () => {
    const { clock, sampling, closed } = await open(async (at) => at.nowUs(), 200_000);
    await pass(clock, 450_000);
    expect(sampling.latest()).toBe(900_000);
    expect(await clock.runUntil(sampling.stop())).toEqual({
      name: 'lag',
      unit: 'number',
      source: 'redis',
      intervalMs: 200,
      gaps: 0,
      trouble: null,
      atUs: [500_000, 700_000, 900_000, 950_000],
      values: [500_000, 700_000, 900_000, 950_000],
    });
    expect(closed()).toBe(1);
  });

  it('have no value where a reading fails, and say why the first did', async () => {
    let asked = 0;
    const { clock, sampling } = await open(async () => {
      asked++;
      if (asked === 2 || asked === 3) throw new Error(`refused ${asked}\nredis://u:p4ssword@h`);
      return asked;
    });
    await pass(clock, 350_000);
    const { values, gaps, trouble } = await clock.runUntil(sampling.stop());
    expect(values).toEqual([1, null, null, 4, 5]);
    expect(gaps).toBe(2);
    expect(trouble).toBe('refused 2 redis://***@h');
  });

  it('are fewer where answers take longer than the interval', async () => {
    const { clock, sampling } = await open(async (at) => {
      await pause(at, 250_000);
      return 1;
    });
    await pass(clock, 600_000);
    const { values, gaps } = await clock.runUntil(sampling.stop());
    // Due at 0 to 500 ms; read at 0, 300 and at the end.
    expect(values).toEqual([1, 1, 1]);
    expect(gaps).toBe(4);
  });

  it('are taken in the middle of their reading, and have a gap for each that its process did not come to', async () => {
    const { clock, sampling } = await open(async (at) => {
      await pause(at, 20_000);
      return 1;
    });
    await pass(clock, 150_000);
    clock.block(400_000);
    await pass(clock, 300_000);
    const { atUs, gaps } = await clock.runUntil(sampling.stop());
    // Due at 200, 300, 400 and 500 ms after the first; the stall ends at 550.
    expect(gaps).toBe(3);
    expect(atUs).toEqual([510_000, 610_000, 1_060_000, 1_110_000, 1_210_000, 1_310_000, 1_360_000]);
  });

  it('count the readings that were missed when the end comes first, and wait for the answer that is under way', async () => {
    const { clock, sampling } = await open(async (at) => {
      await pause(at, 30_000);
      return 1;
    });
    await pass(clock, 110_000);
    clock.block(500_000);
    const { atUs, gaps } = await clock.runUntil(sampling.stop());
    // Due at 200 to 600 ms after the first; the one at the end stands for the last of them.
    expect(gaps).toBe(4);
    expect(atUs).toEqual([515_000, 855_000, 1_125_000]);
  });

  it('of a run of hours are fewer of the old ones, and no peak is lost', async () => {
    let asked = 0;
    const { clock, sampling } = await open(async () => (asked++ === 5 ? 9 : 1));
    await pass(clock, 3_600_000_000);
    const { atUs, values, thinnedFrom } = await clock.runUntil(sampling.stop());
    expect(thinnedFrom).toBe(asked);
    expect(atUs.length).toBeLessThan(asked / 1.5);
    expect(values[atUs.findIndex((us) => us >= 1_000_000)]).toBe(9);
  });

  it('of CPU add up to what was used, also where the old ones are joined', async () => {
    const used = (index: number) => (index % 8 === 0 ? 0.8 : 0.1);
    let asked = 0;
    const { clock, sampling } = await open(async () => used(asked++), 1_000_000, 'cores');
    await pass(clock, 3 * 3_600_000_000);
    const { atUs, values, thinnedFrom } = await clock.runUntil(sampling.stop());
    expect(thinnedFrom).toBe(asked);
    const spans = atUs.map((us, index) => us - (atUs[index - 1] ?? us - 1_000_000));
    const sum = values.reduce<number>((total, value, index) => total + value! * (spans[index]! / 1e6), 0);
    const whole = Array.from({ length: asked }, (_, index) => used(index)).reduce((total, value) => total + value, 0);
    expect(sum / whole).toBeGreaterThan(0.999);
    expect(sum / whole).toBeLessThan(1.001);
  });

  it.each([
    ['perSecond', 450_000, 3],
    ['perSecond', 550_000, 4],
    ['number', 450_000, 4],
  ] as const)(
    'a figure %s that the end leaves %i µs of an interval is told of no shorter stretch',
    async (unit, us, samples) => {
      const { clock, sampling } = await open(async () => 1, 1_000_000, unit);
      await pass(clock, 2_000_000 + us);
      expect((await clock.runUntil(sampling.stop())).values).toHaveLength(samples);
    },
  );

  it('do not keep a run from ending where a source hangs', async () => {
    const { clock, sampling } = await open(() => new Promise(() => {}));
    await pass(clock, 300_000);
    const beforeUs = clock.nowUs();
    const { values } = await clock.runUntil(sampling.stop());
    expect(values).toEqual([]);
    expect(clock.nowUs() - beforeUs).toBeLessThanOrEqual(1_000_000);
  });
});
