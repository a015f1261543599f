import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { drain } from './drain.ts';

const MS = 1_000;
const SECOND = 1_000_000;
const NOTHING = { countOutstanding: () => 0, countAwaitedAcks: () => 0, countRequests: () => 0 };

describe('drain', () => {
  it('goes on for a moment after the last expected delivery, in which one that is sent twice would show', async () => {
    const clock = new VirtualClock();
    const until = (atUs: number) => () => (clock.nowUs() < atUs ? 1 : 0);
    const inFlight = { ...NOTHING, countOutstanding: until(300 * MS) };
    const endUs = await clock.runUntil(drain(inFlight, clock, 0, 10 * SECOND, new AbortController().signal));
    expect(endUs).toBe(300 * MS);
    expect(clock.nowUs()).toBeGreaterThanOrEqual(endUs + 200 * MS);
  });

  it('gives up on what does not come within its time', async () => {
    const clock = new VirtualClock();
    const inFlight = { ...NOTHING, countOutstanding: () => 1 };
    const endUs = await clock.runUntil(drain(inFlight, clock, 0, 2 * SECOND, new AbortController().signal));
    expect(endUs).toBe(2 * SECOND);
  });

  it('waits a second at the most for acknowledgements, and requests have no longer than deliveries', async () => {
    const clock = new VirtualClock();
    const inFlight = { ...NOTHING, countAwaitedAcks: () => 1, countRequests: () => 1 };
    await clock.runUntil(drain(inFlight, clock, 0, 3 * SECOND, new AbortController().signal));
    expect(clock.nowUs()).toBe(3 * SECOND + SECOND + 200 * MS);
  });

  it('gives requests what deliveries have left of the time, and no more', async () => {
    const clock = new VirtualClock();
    const inFlight = { ...NOTHING, countOutstanding: () => (clock.nowUs() < SECOND ? 1 : 0), countRequests: () => 1 };
    const endUs = await clock.runUntil(drain(inFlight, clock, 0, 3 * SECOND, new AbortController().signal));
    expect([endUs, clock.nowUs()]).toEqual([SECOND, 3 * SECOND + 200 * MS]);
  });
});
