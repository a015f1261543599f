import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { openArriving } from './arriving.ts';
import { layOutRooms } from './room-layout.ts';
import type { RunPlan } from './run-plan.ts';
import { openSchedule } from './schedule.ts';
import { splitPlan } from './split-plan.ts';

const SECOND = 1_000_000;

/** Steps that grow, hold, or are over at once, over at most 3 s. */
const steps = fc
  .record({
    first: fc.integer({ min: 0, max: 20 }),
    more: fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: SECOND })), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .filter(({ first, more }) => first + more.reduce((sum, [grows]) => sum + grows, 0) > 1)
  .map(({ first, more }) => {
    let from = first;
    return more.map(([grows, durationUs]) => {
      const step = { from, to: from + grows, durationUs };
      from = step.to;
      return step;
    });
  });

const plan = fc
  .record({ arriving: steps, seed: fc.nat(), perClient: fc.constantFrom(1, 1, 2), share: fc.constantFrom(1, 0.5) })
  .map(({ arriving, seed, perClient, share }) => {
    const clients = arriving.at(-1)!.to;
    return buildPlanFixture({
      seed,
      population: {
        ...populationFixture(clients, 1),
        roomClasses: [
          { size: clients % 4 === 0 ? 4 : clients, count: (clients % 4 === 0 ? clients / 4 : 1) * perClient },
        ],
        ...(perClient > 1 && { roomsPerClient: perClient }),
        senderShare: share,
        arriving,
      },
      load: loadFixture([holdRate(200, 4)]),
      phases: { warmupUs: 300_000, measureUs: 4 * SECOND, drainTimeoutUs: SECOND },
    });
  });

/** How many there are at a time of measure, by the steps as they are written. */
function levelAt(of: RunPlan, atUs: number): number {
  let beginUs = of.phases.warmupUs;
  let level = of.arriving![0]!.from;
  for (const { from, to, durationUs } of of.arriving!) {
    if (atUs < beginUs) return level;
    level = from + (to - from) * Math.min(1, (atUs - beginUs) / durationUs);
    beginUs += durationUs;
  }
  return level;
}

describe('clients that come during measure', () => {
  it('are as many at each time as the steps say, to half a client, in the order of their numbers', () => {
    fc.assert(
      fc.property(plan, fc.integer({ min: 0, max: 5 * SECOND }), (of, atUs) => {
        const arriving = openArriving(of)!;
        const times = Array.from({ length: of.clients }, (_, client) => arriving.comesAtUs(client));
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const here = times.filter((comesAtUs) => comesAtUs <= atUs).length;
        expect(Math.abs(here - Math.max(1, levelAt(of, atUs)))).toBeLessThanOrEqual(0.5 + 1e-3);
        expect(times.at(-1)).toBeLessThanOrEqual(of.phases.warmupUs + 3 * SECOND);
        expect(arriving.countSettled(atUs)).toBe(
          Math.max(1, times.filter((comesAtUs) => comesAtUs + 500_000 <= atUs).length),
        );
      }),
    );
  });

  it('send once they are there, in whichever parts the plan is, as many as it has', () => {
    fc.assert(
      fc.property(plan, fc.integer({ min: 1, max: 4 }), (of, wanted) => {
        const arriving = openArriving(of)!;
        const layout = layOutRooms(of);
        const list = (count: number) =>
          splitPlan(of, count)
            .flatMap((shard) => {
              const all = [];
              for (const cursor = openSchedule(shard); cursor.advance(); ) {
                const { index, intendedAtUs, room, sender } = cursor;
                all.push({ index, intendedAtUs, room, sender });
              }
              return all;
            })
            .sort((a, b) => a.index - b.index);
        const messages = list(1);
        expect(messages).toHaveLength(of.planned.warmup + of.planned.measure);
        for (const { intendedAtUs, room, sender } of messages) {
          expect(layout.roomOf(sender)).toBe(room);
          const comesAtUs = arriving.comesAtUs(layout.clientOf(sender));
          expect(comesAtUs === Number.NEGATIVE_INFINITY || comesAtUs + 500_000 <= intendedAtUs).toBe(true);
        }
        expect(list(Math.min(wanted, of.seating === undefined ? of.rooms : 1))).toEqual(messages);
      }),
      { numRuns: 50 },
    );
  });
});
