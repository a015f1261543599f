import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClockDraw,
  clockDraw,
  createDriftingClock,
  type DriftingClock,
  delayDraw,
} from '../../testing/drifting-clock.ts';
import { type AgentError, errorBetween, errorOfPair, watchError } from './clock-error.ts';
import { intervalOfPing, openClockLine } from './clock-line.ts';
import { watchServers } from './servers-clock.ts';

const SECOND = 1_000_000;
const START_US = 2 * SECOND;
const EPOCH_US = 1.78e15;

const server = fc.record({
  /** Of its own time. */
  errorUs: fc.integer({ min: -5_000, max: 5_000 }),
  /** More than its error, by so much: what it admits. */
  modestyUs: delayDraw(2_000),
  outUs: delayDraw(3_000),
  backUs: delayDraw(3_000),
});

/** There, at the agent, and back. */
const jitter = (most: number) => fc.tuple(delayDraw(most), delayDraw(2_000), delayDraw(most));
const NO_JITTER = Array.from({ length: 40 }, () => [0, 0, 0] as [number, number, number]);

const agent = fc.record({
  clock: clockDraw,
  outUs: delayDraw(150_000),
  backUs: delayDraw(150_000),
  jitters: fc.oneof(fc.constant(NO_JITTER), fc.array(jitter(30_000), { minLength: 9, maxLength: 40 })),
  servers: fc.array(server, { maxLength: 4 }),
  /** A minority of them is wrong by more than it admits. */
  liesUs: fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 4, maxLength: 4 }),
});

const moments = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });

describe('a time from one agent to another', () => {
  it('is never further off than is told, whatever offset, drift, delay and jitter clocks and lines have', () => {
    let narrowed = 0;
    fc.assert(
      fc.property(clockDraw, agent, agent, moments, fc.boolean(), (controller, one, other, shares, byServers) => {
        const here = createDriftingClock(controller);
        const runs = [one, other].map((draw) => runOn(here, draw, byServers));
        const errors = runs.map(({ error }) => error);
        const errorUs = errorOfPair(errors[0]!, errors[1]!);
        const endUs = Math.min(...runs.map((run) => run.endUs));
        for (const share of [0, 1, ...shares]) {
          const trueUs = START_US + share * (endUs - START_US);
          // Sent by one at a time of its run's clock, and received at the same moment by the other: truly no time at all.
          const [sent, received] = runs.map(({ clock, startUs }) => clock.exactAt(trueUs) - startUs);
          expect(Math.abs(received! - sent!)).toBeLessThanOrEqual(errorUs);
        }
        if (errorUs < errorOfPair(withoutServers(errors[0]!), withoutServers(errors[1]!))) narrowed++;
      }),
      { numRuns: 1_000, seed: 20_261_130 },
    );
    // Time servers do make a difference.
    expect(narrowed).toBeGreaterThan(200);
  });

  it('has no error where there is one agent, and that of the two worst where there are more', () => {
    const by = (us: number): AgentError => ({ byMessages: { low: -us, high: us }, byServers: null });
    expect(errorBetween([])).toBe(0);
    expect(errorBetween([by(700)])).toBe(0);
    expect(errorBetween([by(700), by(299.5), by(300)])).toBe(1_000);
    expect(errorBetween([by(700), { byMessages: null, byServers: { low: 0, high: 0 } }])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('is held against time servers as far as messages do not contradict them', () => {
    const messages = { low: -20_000, high: 20_000 };
    const known = (middle: number): AgentError => ({
      byMessages: messages,
      byServers: { low: middle - 100, high: middle + 100 },
    });
    expect(errorOfPair(known(0), known(15_000))).toBe(15_200);
    expect(errorOfPair(known(0), { byMessages: messages, byServers: null })).toBe(40_000);
    expect(errorOfPair(known(0), known(3_600e6))).toBe(40_000);
  });
});

function withoutServers({ byMessages }: AgentError): AgentError {
  return { byMessages, byServers: null };
}

interface AgentDraw {
  readonly clock: ClockDraw;
  readonly outUs: number;
  readonly backUs: number;
  readonly jitters: readonly (readonly [number, number, number])[];
  readonly servers: readonly {
    readonly errorUs: number;
    readonly modestyUs: number;
    readonly outUs: number;
    readonly backUs: number;
  }[];
  readonly liesUs: readonly number[];
}

/** Eight exchanges before the start, and two a second from then on; time servers are asked as often at first, and then every two seconds. */
function runOn(here: DriftingClock, draw: AgentDraw, startsByServers: boolean) {
  const clock = createDriftingClock(draw.clock);
  const line = openClockLine();
  const servers = watchServers(draw.servers.length);
  const liars = Math.floor((draw.servers.length - 1) / 2);
  const ask = (trueUs: number) => {
    for (const [index, { errorUs, modestyUs, outUs, backUs }] of draw.servers.entries()) {
      const lieUs = index < liars ? draw.liesUs[index]! : 0;
      const told = EPOCH_US + trueUs + outUs + errorUs + lieUs;
      const { atUs, lowUs, highUs } = intervalOfPing(clock.at(trueUs), told, told, clock.at(trueUs + outUs + backUs));
      const admitsUs = Math.abs(errorUs) + modestyUs + 1;
      servers.add(index, { atUs, lowUs: lowUs - admitsUs, highUs: highUs + admitsUs });
    }
  };
  let error: ReturnType<typeof watchError> | null = null;
  let startUs = 0;
  let endUs = START_US;
  for (const [i, [out, work, back]] of draw.jitters.entries()) {
    const sentUs = i < 8 ? i * 200_000 : START_US + (i - 8) * (SECOND / 2);
    const arrivedUs = sentUs + draw.outUs + out;
    const answeredUs = arrivedUs + work;
    const returnedUs = answeredUs + draw.backUs + back;
    line.add(intervalOfPing(here.at(sentUs), clock.at(arrivedUs), clock.at(answeredUs), here.at(returnedUs)));
    error?.note(here.at(returnedUs));
    if (i < 8 || i % 4 === 0) ask(sentUs);
    if (i === 7) {
      const ownUs = here.at(START_US);
      const byMessages = Math.round(ownUs + line.at(ownUs)!.offsetUs);
      const known = startsByServers ? servers.at(byMessages) : null;
      startUs = known === null ? byMessages : Math.round(EPOCH_US + START_US - known.offsetUs);
      error = watchError(line, { ownUs, otherUs: startUs });
      servers.begin(startUs, EPOCH_US + START_US);
    }
    endUs = returnedUs;
  }
  const nowUs = here.at(endUs);
  return {
    clock,
    startUs,
    endUs,
    error: { byMessages: error!.read(nowUs), byServers: servers.error('run', clock.at(endUs)) },
  };
}
