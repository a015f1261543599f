import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DRIFT_MOST, intervalOfPing, openClockLine } from './clock-line.ts';

const SECOND = 1_000_000;

const exchanges = fc.record({
  offsetUs: fc.integer({ min: -1e12, max: 1e12 }),
  drift: fc.double({ min: -DRIFT_MOST / 2, max: DRIFT_MOST / 2, noNaN: true }),
  outUs: fc.integer({ min: 0, max: 200_000 }),
  backUs: fc.integer({ min: 0, max: 200_000 }),
  jitters: fc.array(fc.tuple(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 0, max: 50_000 })), {
    minLength: 1,
    maxLength: 60,
  }),
  gapUs: fc.integer({ min: 50_000, max: 5 * SECOND }),
  aheadUs: fc.integer({ min: 0, max: 60 * SECOND }),
});

it('never has the truth outside its bound, whatever offset, drift, delay and jitter', () => {
  fc.assert(
    fc.property(exchanges, ({ offsetUs, drift, outUs, backUs, jitters, gapUs, aheadUs }) => {
      const otherAt = (ownUs: number) => ownUs + offsetUs + drift * ownUs;
      const line = openClockLine();
      let nowUs = 0;
      for (const [out, back] of jitters) {
        const arrivesUs = nowUs + outUs + out;
        const returnsUs = arrivesUs + backUs + back;
        // Clocks tell whole microseconds, and tell them after they have passed.
        const there = Math.floor(otherAt(arrivesUs));
        line.add(intervalOfPing(nowUs, there + 1, there, returnsUs + 1));
        nowUs = returnsUs + gapUs;
        for (const atUs of [nowUs, nowUs + aheadUs]) {
          const { offsetUs: found, boundUs } = line.at(atUs)!;
          expect(Math.abs(found - (otherAt(atUs) - atUs))).toBeLessThanOrEqual(boundUs + 0.01);
        }
      }
    }),
    { numRuns: 1_000, seed: 20_261_130 },
  );
});

it('grows surer with every exchange, and knows a drift that pings of one moment cannot show', () => {
  const line = openClockLine();
  const drift = 50e-6;
  const bounds: number[] = [];
  for (let atUs = 0; atUs <= 60 * SECOND; atUs += SECOND) {
    const other = (ownUs: number) => ownUs * (1 + drift) + 777;
    line.add(intervalOfPing(atUs, other(atUs + 130), other(atUs + 130), atUs + 260));
    bounds.push(line.at(0)!.boundUs);
  }
  expect(bounds).toEqual([...bounds].sort((a, b) => b - a));
  const { offsetUs, boundUs } = line.at(70 * SECOND)!;
  expect(boundUs).toBeLessThan(200);
  expect(Math.abs(offsetUs - (777 + 70 * SECOND * drift))).toBeLessThanOrEqual(boundUs);
});

it('has no answer before the first exchange, and none once a clock has stepped', () => {
  const line = openClockLine();
  expect(line.at(0)).toBeNull();
  line.add(intervalOfPing(0, 1_000, 1_000, 200));
  expect(line.at(0)).not.toBeNull();
  line.add(intervalOfPing(SECOND, SECOND + 901_000, SECOND + 901_000, SECOND + 200));
  expect(line.at(SECOND)).toBeNull();
});
