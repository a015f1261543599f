import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockDraw, createDriftingClock, delayDraw } from '../../testing/drifting-clock.ts';
import { intervalOfPing, openClockLine } from './clock-line.ts';

const SECOND = 1_000_000;

/** There, at the other, and back. */
const jitter = (most: number) => fc.tuple(delayDraw(most), delayDraw(5_000), delayDraw(most));

const exchanges = fc.record({
  own: clockDraw,
  other: clockDraw,
  outUs: delayDraw(200_000),
  backUs: delayDraw(200_000),
  jitters: fc.array(jitter(50_000), { minLength: 1, maxLength: 60 }),
  gapUs: fc.integer({ min: 0, max: SECOND }).map((us) => (us % 3 === 0 ? us / 100 : us)),
  aheadUs: delayDraw(10 * SECOND),
});

it('never has the truth outside its bound, whatever offset, drift, delay and jitter', () => {
  fc.assert(
    fc.property(exchanges, ({ own, other, outUs, backUs, jitters, gapUs, aheadUs }) => {
      const [here, there] = [createDriftingClock(own), createDriftingClock(other)];
      const line = openClockLine();
      let nowUs = 0;
      for (const [out, work, back] of jitters) {
        const arrivesUs = nowUs + outUs + out;
        const answersUs = arrivesUs + work;
        const returnsUs = answersUs + backUs + back;
        line.add(intervalOfPing(here.at(nowUs), there.at(arrivesUs), there.at(answersUs), here.at(returnsUs)));
        // Of what has passed, of now, and of what is yet to come.
        for (const trueUs of [Math.max(0, returnsUs - aheadUs), returnsUs, returnsUs + gapUs, returnsUs + aheadUs]) {
          const { offsetUs, boundUs } = line.at(here.exactAt(trueUs))!;
          const truth = there.exactAt(trueUs) - here.exactAt(trueUs);
          expect(Math.abs(offsetUs - truth)).toBeLessThanOrEqual(boundUs + 0.01);
        }
        nowUs = returnsUs + gapUs;
      }
    }),
    { numRuns: 1_000, seed: 20_261_130 },
  );
});

it('knows a drift that pings of one moment cannot show', () => {
  const line = openClockLine();
  const drift = 50e-6;
  for (let atUs = 0; atUs <= 60 * SECOND; atUs += SECOND / 2) {
    const other = (ownUs: number) => ownUs * (1 + drift) + 777;
    line.add(intervalOfPing(atUs, other(atUs + 130), other(atUs + 130), atUs + 260));
  }
  const { offsetUs, boundUs } = line.at(60 * SECOND)!;
  expect(boundUs).toBeLessThan(200);
  expect(Math.abs(offsetUs - (777 + 60 * SECOND * drift))).toBeLessThanOrEqual(boundUs);
});

it('has no answer before the first exchange, and none once a clock has stepped', () => {
  const line = openClockLine();
  expect(line.at(0)).toBeNull();
  line.add(intervalOfPing(0, 1_000, 1_000, 200));
  expect(line.at(0)).not.toBeNull();
  line.add(intervalOfPing(SECOND, SECOND + 901_000, SECOND + 901_000, SECOND + 200));
  expect(line.at(SECOND)).toBeNull();
});
