import { describe, expect, it } from 'vitest';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { openSchedule } from './schedule.ts';

const SECOND = 1_000_000;

/** All messages of a plan as one shard. */
function list(overrides: Parameters<typeof buildPlanFixture>[0]) {
  const cursor = openSchedule({ index: 0, count: 1, plan: buildPlanFixture(overrides) });
  const messages = [];
  while (cursor.advance()) {
    const { intendedAtUs, room, sender, measured } = cursor;
    messages.push({ intendedAtUs, room, sender, measured });
  }
  return messages;
}

describe('the schedule of a plan', () => {
  it('holds the first rate through warm-up, and begins measure when that ends', () => {
    const messages = list({
      load: loadFixture([holdRate(2, 1), holdRate(4, 1)]),
      phases: { warmupUs: 3 * SECOND, measureUs: 2 * SECOND, drainTimeoutUs: SECOND },
    });
    const times = (measured: boolean) =>
      messages.filter((message) => message.measured === measured).map(({ intendedAtUs }) => intendedAtUs / SECOND);
    expect(times(false)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(times(true)).toEqual([3, 3.5, 4, 4.25, 4.5, 4.75]);
  });

  it('where rooms come in turn, lets the members of each send in turn, too', () => {
    const population = { ...populationFixture(6, 3), roomChoice: { kind: 'in-turn' } as const };
    const messages = list({ population, load: loadFixture([holdRate(8, 1)]) });
    expect(messages.map(({ room, sender }) => [room, sender])).toEqual([
      [0, 0],
      [1, 3],
      [0, 1],
      [1, 4],
      [0, 2],
      [1, 5],
      [0, 0],
      [1, 3],
    ]);
  });
});
