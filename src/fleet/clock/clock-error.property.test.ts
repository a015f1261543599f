import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundClockError, errorBetween, type ToldStart } from './clock-error.ts';
import { type ClockLine, DRIFT_MOST, intervalOfPing, openClockLine } from './clock-line.ts';

const SECOND = 1_000_000;

const agent = fc.record({
  offsetUs: fc.integer({ min: -1e12, max: 1e12 }),
  drift: fc.double({ min: -DRIFT_MOST / 2, max: DRIFT_MOST / 2, noNaN: true }),
  outUs: fc.integer({ min: 0, max: 150_000 }),
  backUs: fc.integer({ min: 0, max: 150_000 }),
  jitters: fc.array(fc.tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 30_000 })), {
    minLength: 9,
    maxLength: 40,
  }),
});

describe('a time from one agent to another', () => {
  it('is never further off than is told, whatever offset, drift, delay and jitter their clocks and lines have', () => {
    fc.assert(
      fc.property(agent, agent, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, share) => {
        const clocks = [one, other].map(runOn);
        const errorUs = errorBetween(clocks.map(({ line, start, endUs }) => boundClockError(line, start, endUs)!));
        const atUs = START_US + share * (Math.min(...clocks.map(({ endUs }) => endUs)) - START_US);
        // Sent by one at a time of its run's clock, and received at the same moment by the other: truly no time at all.
        const [sent, received] = clocks.map(({ clockAt, start }) => clockAt(atUs) - start.otherUs);
        expect(Math.abs(received! - sent!)).toBeLessThanOrEqual(errorUs + 0.1);
      }),
      { numRuns: 1_000, seed: 20_261_130 },
    );
  });

  it('has no error where there is one agent, and that of the two worst where there are more', () => {
    expect(errorBetween([])).toBe(0);
    expect(errorBetween([700])).toBe(0);
    expect(errorBetween([700, 20.5, 300])).toBe(1_000);
    expect(boundClockError(openClockLine(), { ownUs: 0, otherUs: 0 }, SECOND)).toBeNull();
  });
});

const START_US = 4 * SECOND;

/** Eight exchanges before the start, and one a second from then on. */
function runOn({ offsetUs, drift, outUs, backUs, jitters }: AgentDraw) {
  const clockAt = (ownUs: number) => ownUs + offsetUs + drift * ownUs;
  const line: ClockLine = openClockLine();
  let start: ToldStart = { ownUs: START_US, otherUs: START_US };
  let endUs = START_US;
  for (const [i, [out, back]] of jitters.entries()) {
    const sentUs = i < 8 ? i * 400_000 : START_US + (i - 8) * SECOND;
    const there = clockAt(sentUs + outUs + out);
    line.add(intervalOfPing(sentUs, there, there, sentUs + outUs + out + backUs + back));
    if (i === 7) start = { ownUs: START_US, otherUs: Math.round(START_US + line.at(START_US)!.offsetUs) };
    endUs = sentUs + outUs + out + backUs + back;
  }
  return { clockAt, line, start, endUs };
}

interface AgentDraw {
  readonly offsetUs: number;
  readonly drift: number;
  readonly outUs: number;
  readonly backUs: number;
  readonly jitters: readonly (readonly [number, number])[];
}
