import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomClass } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture } from '../testing/plan-fixture.ts';
import { layOutRooms } from './room-layout.ts';
import type { RunPlan } from './run-plan.ts';
import { openSchedule } from './schedule.ts';
import { layOutShard } from './shard-part.ts';
import { splitPlan } from './split-plan.ts';
import { openTrafficSchedule } from './traffic-schedule.ts';

const SECOND = 1_000_000;

const classes = fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 3,
});

function planOf(roomClasses: readonly RoomClass[], perClient: number, seed: number): RunPlan {
  return buildPlanFixture({
    seed,
    population: {
      clients: roomClasses.reduce((sum, { size, count }) => sum + size * count, 0),
      roomClasses: roomClasses.map(({ size, count }) => ({ size, count: count * perClient })),
      roomsPerClient: perClient,
      roomChoice: { kind: 'uniform' },
      senderShare: 0.6,
      connectPerSecond: null,
    },
    load: loadFixture([holdRate(200, 1)]),
    phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: SECOND },
    traffic: [{ kind: 'typing', perSecond: 50 }],
  });
}

describe('clients in several rooms', () => {
  it('are each in as many, nobody twice in one, and all rooms are full', () => {
    fc.assert(
      fc.property(classes, fc.integer({ min: 2, max: 5 }), fc.nat(), (roomClasses, perClient, seed) => {
        const plan = planOf(roomClasses, perClient, seed);
        const layout = layOutRooms(plan);
        expect(layout.seats).toBe(plan.clients * perClient);
        const roomsOf = Array.from({ length: plan.clients }, (): number[] => []);
        for (let room = 0; room < layout.rooms; room++) {
          const first = layout.firstSeatOf(room);
          const members = Array.from({ length: layout.sizeOf(room) }, (_, i) => layout.clientOf(first + i));
          expect(members).toEqual([...new Set(members)].sort((a, b) => a - b));
          for (const client of members) roomsOf[client]!.push(room);
        }
        for (const [client, rooms] of roomsOf.entries()) {
          expect(rooms).toHaveLength(perClient);
          const seats = Array.from(layout.seatsOf(client));
          expect(seats.map(layout.roomOf)).toEqual(rooms);
          expect(new Set(seats.map(layout.clientOf))).toEqual(new Set([client]));
        }
        expect(layOutRooms(plan)).toMatchObject({ seats: layout.seats });
      }),
    );
  });

  it('do what the plan says, whatever it is split into, and have all of their seats in one part', () => {
    fc.assert(
      fc.property(classes, fc.integer({ min: 2, max: 4 }), fc.nat(), fc.integer({ min: 2, max: 6 }), (...drawn) => {
        const [roomClasses, perClient, seed, wanted] = drawn;
        const plan = planOf(roomClasses, perClient, seed);
        const layout = layOutRooms(plan);
        const shards = splitPlan(plan, Math.min(wanted, plan.clients));
        for (let client = 0; client < plan.clients; client++) {
          const owners = Array.from(layout.seatsOf(client), layOutShard(shards[0]!, layout).shardOf);
          expect(new Set(owners).size).toBe(1);
        }
        for (let room = 0; room < layout.rooms; room++) {
          const sizes = shards.map((shard) => layOutShard(shard, layout).sizeOf(room));
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(layout.sizeOf(room));
        }
        const own = shards.flatMap((shard) => listMessages(shard).filter(({ isOwn }) => isOwn));
        expect(own.sort((a, b) => a.index - b.index)).toEqual(listMessages(splitPlan(plan, 1)[0]!));
        const typed = shards.flatMap(listTyping).sort((a, b) => a[0]! - b[0]!);
        expect(typed).toEqual(listTyping(splitPlan(plan, 1)[0]!));
      }),
      { numRuns: 60 },
    );
  });

  it('are others with another seed, and the first time in the order of their numbers', () => {
    const roomClasses = [{ size: 5, count: 8 }];
    const seats = (seed: number) => {
      const { clientOf } = layOutRooms(planOf(roomClasses, 2, seed));
      return Array.from({ length: 80 }, (_, seat) => clientOf(seat));
    };
    expect(seats(1).slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, client) => client));
    expect(seats(1)).toEqual(seats(1));
    expect(seats(1)).not.toEqual(seats(2));
    expect(seats(1).slice(40)).not.toEqual(seats(1).slice(0, 40));
  });
});

function listMessages(shard: Parameters<typeof openSchedule>[0]) {
  const messages = [];
  for (const cursor = openSchedule(shard); cursor.advance(); ) {
    const { index, intendedAtUs, room, sender, payload, isOwn } = cursor;
    messages.push({ index, intendedAtUs, room, sender, payload, isOwn });
  }
  return messages;
}

function listTyping(shard: Parameters<typeof openTrafficSchedule>[0]): number[][] {
  const all: number[][] = [];
  for (const cursor = openTrafficSchedule(shard); cursor.advance(); ) all.push([cursor.intendedAtUs, cursor.seat]);
  return all;
}
