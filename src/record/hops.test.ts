import { describe, expect, it } from 'vitest';
import { type HopReader, HopRecorder } from './hops.ts';
import { percentileOf } from './percentile-of.ts';

const SPAN_US = 36 ** 6;

/** A frame is its stamps as doubles; an empty one has none. */
const reader: HopReader = {
  legs: { delivery: ['out', 'queue', 'back'], ack: ['out', 'back'] },
  spanUs: SPAN_US,
  read(_way, frame: Buffer, stampsUs) {
    if (frame.length === 0) return false;
    for (let i = 0; i < stampsUs.length; i++) stampsUs[i] = frame.readDoubleLE(i * 8);
    return true;
  },
};

/** Stamps given as times since run start, which was at `originUs` on the clock. */
function stampedAt(originUs: number, ...sinceStartUs: readonly number[]): Buffer {
  const frame = Buffer.alloc(sinceStartUs.length * 8);
  for (const [i, us] of sinceStartUs.entries()) frame.writeDoubleLE((originUs + us) % SPAN_US, i * 8);
  return frame;
}

function recorderFrom(originUs: number, every = 1): HopRecorder {
  const recorder = new HopRecorder(reader, 'delivery', every);
  recorder.originUs = originUs;
  return recorder;
}

/** The one value that each leg has recorded. */
function valuesOf(recorder: HopRecorder): Record<string, number> {
  return Object.fromEntries(recorder.snapshot().map(({ name, histogram }) => [name, histogram.maxUs]));
}

describe('hops of a message', () => {
  it('run from due to sent, from station to station, and to the arrival: they add up to the delivery', () => {
    const recorder = recorderFrom(7_000_000);
    recorder.record(0, stampedAt(7_000_000, 1_500, 4_500), 1_000, 1_200, 9_000);
    expect(valuesOf(recorder)).toEqual({ generator: 200, out: 300, queue: 3_000, back: 4_500 });
    expect(Object.values(valuesOf(recorder)).reduce((a, b) => a + b)).toBe(9_000 - 1_000);
  });

  it('are right where the stamps wrap around between two stations', () => {
    const originUs = SPAN_US * 5 - 2_000;
    const recorder = recorderFrom(originUs);
    recorder.record(0, stampedAt(originUs, 1_500, 4_500), 1_000, 1_200, 9_000);
    expect(valuesOf(recorder)).toEqual({ generator: 200, out: 300, queue: 3_000, back: 4_500 });
  });

  it('still add up where the clocks of two processes disagree by some µs', () => {
    const early = recorderFrom(0);
    early.record(0, stampedAt(0, 1_190, 1_185), 1_000, 1_200, 9_000);
    expect(valuesOf(early)).toEqual({ generator: 200, out: 0, queue: 0, back: 7_800 });
    const late = recorderFrom(0);
    late.record(0, stampedAt(0, 1_300, 9_020), 1_000, 1_200, 9_000);
    expect(valuesOf(late)).toEqual({ generator: 200, out: 100, queue: 7_700, back: 0 });
  });

  it('are left out where the frame has no stamps, or those of another machine', () => {
    const recorder = recorderFrom(0);
    recorder.record(0, Buffer.alloc(0), 1_000, 1_200, 9_000);
    recorder.record(0, stampedAt(0, 500_000_000, 500_003_000), 1_000, 1_200, 9_000);
    recorder.record(0, stampedAt(0, 1_300, 20_000), 1_000, 1_200, 9_000);
    expect(recorder.snapshot()).toEqual([]);
  });

  it('give the closed form of a queue that is emptied every 10 ms: q of its hop is q · 10 ms, the others constant', () => {
    const recorder = recorderFrom(123_456_789);
    for (let n = 0; n < 100_000; n++) {
      const sentAtUs = n * 97;
      const takenUs = sentAtUs + 400;
      const emptiedUs = Math.ceil(takenUs / 10_000) * 10_000;
      recorder.record(n, stampedAt(123_456_789, takenUs, emptiedUs), sentAtUs - 50, sentAtUs, emptiedUs + 250);
    }
    const [generator, out, queue, back] = recorder.snapshot().map(({ histogram }) => histogram);
    for (const percentile of [50, 95, 99]) {
      expect(percentileOf(generator!, percentile)).toBe(50);
      expect(percentileOf(out!, percentile)).toBe(400);
      expect(percentileOf(back!, percentile)).toBe(250);
      expect(percentileOf(queue!, percentile) / (percentile * 100)).toBeCloseTo(1, 2);
    }
  });

  it('are those of the stations that the first frame has, where a target may have others', () => {
    const either: HopReader = {
      ...reader,
      otherLegs: { delivery: [['out', 'back']], ack: [] },
      read: (way, frame, stampsUs) => frame.length === stampsUs.length * 8 && reader.read(way, frame, stampsUs),
    };
    const recorder = new HopRecorder(either, 'delivery');
    expect(recorder.width).toBe(4);
    recorder.record(0, stampedAt(0, 1_500), 1_000, 1_200, 9_000);
    recorder.record(1, stampedAt(0, 1_500, 4_500), 1_000, 1_200, 9_000);
    expect(valuesOf(recorder)).toEqual({ generator: 200, out: 300, back: 7_500 });
    expect(recorder.names).toEqual(['generator', 'out', 'back']);
  });

  it('are recorded for about one message in n, whichever of its recipients gets it', () => {
    const recorder = recorderFrom(0, 8);
    for (let sequence = 0; sequence < 8_000; sequence++) {
      for (let recipient = 0; recipient < 2; recipient++) {
        recorder.record(sequence, stampedAt(0, 100, 200), 0, 0, 300);
      }
    }
    const { count } = recorder.snapshot()[0]!.histogram;
    expect(count % 2).toBe(0);
    expect(count).toBeGreaterThan(1_900);
    expect(count).toBeLessThan(2_100);
  });
});
