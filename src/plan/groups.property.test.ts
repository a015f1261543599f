import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion } from '../apportion.ts';
import type { Group, RoomChoice } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { assignGroups } from './assign-groups.ts';
import { layOutRooms } from './room-layout.ts';
import type { RunPlan } from './run-plan.ts';
import { openSchedule } from './schedule.ts';
import { openPresence } from './sessions.ts';
import { splitPlan } from './split-plan.ts';
import { openTrafficSchedule } from './traffic-schedule.ts';

const groups = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 1, max: 20 }),
      rate: fc.integer({ min: 0, max: 9 }),
      hasOwn: fc.boolean(),
      comes: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .filter((list) => list.some(({ rate }) => rate > 0))
  .map((list): readonly Group[] => {
    const sum = (key: 'weight' | 'rate') => list.reduce((all, one) => all + one[key], 0);
    return list.map(({ weight, rate, hasOwn, comes }, index) => ({
      name: `group-${index}`,
      share: weight / sum('weight'),
      messages: rate / sum('rate'),
      ...(comes && { session: { lengthUs: 2_000_000, awayUs: 500_000, isFixed: hasOwn } }),
      ...(hasOwn && {
        payloads: [
          { bytes: 50, share: 0.5 },
          { bytes: 70, share: 0.5 },
        ],
        traffic: [{ kind: 'typing' as const, perSecond: 20 + index }],
      }),
    }));
  });

const plan = fc
  .record({
    groups,
    seed: fc.nat(),
    rooms: fc.integer({ min: 1, max: 12 }),
    size: fc.integer({ min: 2, max: 9 }),
    process: fc.constantFrom('constant' as const, 'poisson' as const),
    roomChoice: fc.constantFrom<RoomChoice>({ kind: 'uniform' }, { kind: 'zipf', exponent: 1.1 }),
  })
  // Who would be nobody is refused before.
  .filter((drawn) =>
    apportion(
      drawn.groups.map(({ share }) => share),
      drawn.rooms * drawn.size,
    ).every((size) => size > 0),
  )
  .map(({ groups: drawn, seed, rooms, size, process, roomChoice }) =>
    buildPlanFixture({
      seed,
      groups: drawn,
      population: { ...populationFixture(rooms * size, size), roomChoice },
      load: loadFixture([holdRate(400, 1)], { process }),
      phases: { warmupUs: 200_000, measureUs: 1_000_000, drainTimeoutUs: 1_000_000 },
      traffic: [{ kind: 'receipts', perSecond: 30 }],
    }),
  );

function messagesOf(of: RunPlan, shards: number) {
  return splitPlan(of, shards)
    .flatMap((shard) => {
      const messages = [];
      for (const cursor = openSchedule(shard); cursor.advance(); ) {
        const { index, intendedAtUs, room, sender, payload, measured } = cursor;
        expect(room % shards).toBe(shard.index);
        messages.push({ index, intendedAtUs, room, sender, payload, measured });
      }
      return messages;
    })
    .sort((a, b) => a.index - b.index);
}

function trafficOf(of: RunPlan, shards: number): readonly string[] {
  return splitPlan(of, shards)
    .flatMap((shard) => {
      const all: string[] = [];
      for (const cursor = openTrafficSchedule(shard); cursor.advance(); )
        all.push(`${cursor.intendedAtUs} ${cursor.kind} ${cursor.seat}`);
      return all;
    })
    .sort();
}

describe('a plan with groups', () => {
  it('is a function of its seed, whatever it is split into', () => {
    fc.assert(
      fc.property(plan, fc.integer({ min: 1, max: 12 }), (whole, count) => {
        const shards = Math.min(count, whole.rooms);
        expect(messagesOf(whole, shards)).toEqual(messagesOf(whole, 1));
        expect(trafficOf(whole, shards)).toEqual(trafficOf(whole, 1));
      }),
      { numRuns: 40 },
    );
  });

  it('has every client in one group, as many as its share says', () => {
    fc.assert(
      fc.property(plan, (whole) => {
        const { groupOf, members } = assignGroups(whole)!;
        const sizes = members.map(({ length }) => length);
        expect(sizes).toEqual(
          apportion(
            whole.groups.map(({ share }) => share),
            whole.clients,
          ),
        );
        for (const [group, list] of members.entries()) for (const client of list) expect(groupOf[client]).toBe(group);
        expect(new Set(members.flatMap((list) => [...list])).size).toBe(whole.clients);
      }),
    );
  });

  it('sends each message by a member of its group, with a body of the group', () => {
    fc.assert(
      fc.property(plan, (whole) => {
        const { groupOf } = assignGroups(whole)!;
        const layout = layOutRooms(whole);
        const messages = messagesOf(whole, 1);
        expect(messages.filter(({ measured }) => measured)).toHaveLength(whole.planned.measure);
        for (const { sender, room, payload } of messages) {
          const group = whole.groups[groupOf[sender]!]!;
          expect(group.messages).toBeGreaterThan(0);
          expect(layout.roomOf(sender)).toBe(room);
          expect(payload).toBeLessThan((group.payloads ?? whole.load.payloads).length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('deals evenly spaced messages out to the groups to within a few, in any stretch', () => {
    fc.assert(
      fc.property(plan, fc.nat({ max: 300 }), fc.integer({ min: 1, max: 150 }), (whole, from, length) => {
        if (whole.load.process === 'poisson') return;
        const { groupOf } = assignGroups(whole)!;
        const stretch = messagesOf(whole, 1).slice(from, from + length);
        for (const [group, { messages }] of whole.groups.entries()) {
          const sent = stretch.filter(({ sender }) => groupOf[sender] === group).length;
          expect(Math.abs(sent - messages * length)).toBeLessThan(5);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has nobody send who is away, unless hardly anybody of the group is there', () => {
    fc.assert(
      fc.property(plan, (whole) => {
        const presence = openPresence(whole, assignGroups(whole), layOutRooms(whole));
        const messages = messagesOf(whole, 1);
        const away = messages.filter(({ sender, intendedAtUs }) => presence?.(sender, intendedAtUs) === false);
        // One in five is away; of a group of a few, all may be.
        const senders = whole.groups.filter((group) => group.messages > 0).map(({ share }) => share * whole.clients);
        if (senders.every((members) => members >= 60)) expect(away.length).toBeLessThan(messages.length / 10);
      }),
      { numRuns: 40 },
    );
  });

  it('has what a group does besides done by its members', () => {
    fc.assert(
      fc.property(plan, (whole) => {
        const { groupOf } = assignGroups(whole)!;
        const typing = trafficOf(whole, 1).filter((one) => one.includes('typing'));
        const hasTyping = (client: number) =>
          whole.traffic.some(({ kind, group }) => kind === 'typing' && group === groupOf[client]);
        for (const one of typing) expect(hasTyping(Number(one.split(' ')[2]))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('draws who sends evenly within a group, and by Zipf by the popularity of rooms', () => {
    const of = (roomChoice: RoomChoice) => {
      const whole = buildPlanFixture({
        groups: [
          { name: 'a', share: 0.5, messages: 1 },
          { name: 'b', share: 0.5, messages: 0 },
        ],
        population: { ...populationFixture(80, 4), roomChoice },
        load: loadFixture([holdRate(20_000, 1)]),
      });
      const perRoom = new Float64Array(whole.rooms);
      for (const { room } of messagesOf(whole, 1)) perRoom[room]!++;
      const { groupOf } = assignGroups(whole)!;
      const layout = layOutRooms(whole);
      const membersIn = new Float64Array(whole.rooms);
      for (let client = 0; client < whole.clients; client++)
        if (groupOf[client] === 0) membersIn[layout.roomOf(client)]!++;
      const weights = Array.from(
        membersIn,
        (members, room) => members * (roomChoice.kind === 'zipf' ? (room + 1) ** -1.1 : 1),
      );
      const sum = weights.reduce((all, weight) => all + weight, 0);
      return weights.map((weight, room) => [perRoom[room]!, (weight / sum) * 20_000] as const);
    };
    for (const choice of [{ kind: 'uniform' }, { kind: 'zipf', exponent: 1.1 }] as const) {
      for (const [sent, expected] of of(choice))
        expect(Math.abs(sent - expected)).toBeLessThan(5 * Math.sqrt(expected + 1));
    }
  });
});
