import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../scenario/scenario.ts';
import type { ArrivalStream } from './arrival-stream.ts';
import { NO_ARRIVAL } from './arrival-stream.ts';
import { countConstantArrivals, streamConstantArrivals } from './constant.ts';
import { streamPoissonArrivals } from './poisson.ts';

const SECOND = 1_000_000;

const rate = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0.1, max: 5_000, noNaN: true }));
const stage = fc.record({
  fromPerSecond: rate,
  toPerSecond: rate,
  durationUs: fc.integer({ min: 1_000, max: 2 * SECOND }),
});
const stages = fc.array(stage, { minLength: 1, maxLength: 4 });

describe('arrivals', () => {
  it('come at ceil(10⁶·k / rate) µs when the rate is constant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 5 }), (perSecond, seconds) => {
        const times = collect(streamConstantArrivals([hold(perSecond, seconds)]), 2_000);
        expect(times).toEqual(times.map((_, k) => Math.ceil((1e6 * k) / perSecond)));
      }),
    );
  });

  it('count rate × seconds exactly when that is a whole number', () => {
    for (const [perSecond, seconds] of [
      [1200, 30],
      [33.3, 30],
      [1.1, 90],
      [16.1, 30],
      [0.1, 10],
      [7, 3],
    ] as const) {
      expect(collect(streamConstantArrivals([hold(perSecond, seconds)])).length).toBe(Math.round(perSecond * seconds));
    }
  });

  it('increase strictly, stay within the load, and number as many as announced, for any stages', () => {
    fc.assert(
      fc.property(stages, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (load, seed) => {
        const endUs = load.reduce((sum, { durationUs }) => sum + durationUs, 0);
        const constant = collect(streamConstantArrivals(load));
        expect(constant.length).toBe(countConstantArrivals(load));
        for (const times of [constant, collect(streamPoissonArrivals(load, seed))]) {
          expect(times.every((timeUs, k) => k === 0 || timeUs > times[k - 1]!)).toBe(true);
          expect(times.every((timeUs) => timeUs >= 0 && timeUs <= endUs + times.length)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('invert the integral of a ramp: r0·t + (r1 − r0)·t²/2d = k at the k-th', () => {
    const [r0, r1, d] = [100, 900, 4];
    const times = collect(streamConstantArrivals([{ fromPerSecond: r0, toPerSecond: r1, durationUs: d * SECOND }]));
    expect(times.length).toBe(2000);
    times.forEach((timeUs, k) => {
      const t = timeUs / 1e6;
      const due = r0 * t + ((r1 - r0) * t * t) / (2 * d);
      expect(due).toBeGreaterThanOrEqual(k - 1e-6);
      expect(due - k).toBeLessThan(r1 / 1e6 + 1e-6);
    });
  });

  it('carry what one stage leaves of a whole arrival into the next', () => {
    // 1.5 arrivals, then 1.5 at twice the pace: due at N = 0, 1, 2, of which the last lies a quarter second into stage two.
    const times = collect(streamConstantArrivals([hold(1, 1.5), hold(2, 0.75)]));
    expect(times).toEqual([0, SECOND, 1.75 * SECOND]);
  });

  it('are a Poisson process: exponential gaps by Kolmogorov–Smirnov, counts within four standard deviations', () => {
    const [perSecond, seconds] = [2_000, 10];
    for (const seed of [1, 2, 3, 42, 99]) {
      const times = collect(streamPoissonArrivals([hold(perSecond, seconds)], seed));
      const mean = perSecond * seconds;
      expect(Math.abs(times.length - mean)).toBeLessThan(4 * Math.sqrt(mean));
      const gaps = times.map((timeUs, k) => timeUs - (k === 0 ? 0 : times[k - 1]!)).sort((a, b) => a - b);
      const distance = Math.max(
        ...gaps.map((gap, i) => Math.abs((i + 0.5) / gaps.length - (1 - Math.exp((-gap * perSecond) / 1e6)))),
      );
      // Critical value at α = 0.001 (1.95/√n), plus what rounding up to 1 µs shifts.
      expect(distance).toBeLessThan(1.95 / Math.sqrt(gaps.length) + perSecond / 1e6);
    }
  });
});

function hold(perSecond: number, seconds: number): Stage {
  return { fromPerSecond: perSecond, toPerSecond: perSecond, durationUs: seconds * SECOND };
}

function collect(stream: ArrivalStream, limit = Number.POSITIVE_INFINITY): number[] {
  const times: number[] = [];
  for (let timeUs = stream.next(); timeUs !== NO_ARRIVAL && times.length < limit; timeUs = stream.next()) {
    times.push(timeUs);
  }
  return times;
}
