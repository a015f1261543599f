import { describe, expect, it } from 'vitest';
import { pause } from '../clock.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { QueueReading } from './queue-probe.ts';
import { sampleQueue } from './sample-queue.ts';

const START_US = 5_000_000;

/** Sampling that begins 1 s after run start, of a queue that answers as `read` does. */
async function openSampling(read: (clock: VirtualClock) => Promise<QueueReading>) {
  const clock = new VirtualClock();
  await pass(clock, START_US + 1_000_000);
  let isClosed = false;
  const close = async () => {
    isClosed = true;
  };
  const sampling = sampleQueue({ source: 'amqp', read: () => read(clock), close }, START_US, clock);
  return { clock, sampling, isClosed: () => isClosed };
}

const pass = (clock: VirtualClock, forUs: number) => clock.runUntil(pause(clock, forUs));
const answersAfter = (us: number) => async (clock: VirtualClock) => {
  await pause(clock, us);
  return { ready: Math.round(clock.nowUs() / 1000), inFlight: 1 };
};

describe('the samples of a queue', () => {
  it('are taken every 100 ms, each in the middle of its reading, and once more at the end', async () => {
    const { clock, sampling, isClosed } = await openSampling(answersAfter(20_000));
    await pass(clock, 350_000);
    expect(sampling.latest()).toEqual({ ready: 6_320, inFlight: 1 });
    const samples = await clock.runUntil(sampling.stop());
    expect(samples).toMatchObject({ source: 'amqp', intervalMs: 100, gaps: 0 });
    expect(samples.atUs).toEqual([1_010_000, 1_110_000, 1_210_000, 1_310_000, 1_360_000]);
    expect(samples.ready).toEqual([6_020, 6_120, 6_220, 6_320, 6_370]);
    expect(samples.inFlight).toEqual([1, 1, 1, 1, 1]);
    expect(isClosed()).toBe(true);
  });

  it('have a gap for each reading that its process did not come to, and keep to the schedule afterwards', async () => {
    const { clock, sampling } = await openSampling(answersAfter(0));
    await pass(clock, 150_000);
    clock.block(400_000);
    await pass(clock, 300_000);
    const { atUs, gaps } = await clock.runUntil(sampling.stop());
    // Due at 200, 300, 400 and 500 ms; the stall ends at 550.
    expect(gaps).toBe(3);
    expect(atUs).toEqual([1_000_000, 1_100_000, 1_550_000, 1_600_000, 1_700_000, 1_800_000, 1_850_000]);
  });

  it('have a gap for each reading that an answer still kept waiting, and for each reading that failed', async () => {
    const answers = [250_000, 'refused', 0] as const;
    let asked = 0;
    const { clock, sampling } = await openSampling((at) => {
      const answer = answers[asked++] ?? 0;
      return answer === 'refused' ? Promise.reject(new Error(answer)) : answersAfter(answer)(at);
    });
    await pass(clock, 450_000);
    const { atUs, gaps } = await clock.runUntil(sampling.stop());
    expect(gaps).toBe(3);
    expect(atUs).toEqual([1_125_000, 1_400_000, 1_450_000]);
  });

  it('count the readings that were missed when the end comes first, and wait for the answer that is under way', async () => {
    const { clock, sampling } = await openSampling(answersAfter(30_000));
    await pass(clock, 110_000);
    clock.block(500_000);
    const { atUs, gaps } = await clock.runUntil(sampling.stop());
    // Due at 200 to 600 ms; the one at the end stands for the last of them.
    expect(gaps).toBe(4);
    expect(atUs).toEqual([1_015_000, 1_355_000, 1_625_000]);
  });
});
