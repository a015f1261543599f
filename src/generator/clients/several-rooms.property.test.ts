import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignGroups } from '../../plan/assign-groups.ts';
import { layOutRooms, type PlanLayout } from '../../plan/room-layout.ts';
import type { RunPlan } from '../../plan/run-plan.ts';
import { openSchedule } from '../../plan/schedule.ts';
import { splitPlan } from '../../plan/split-plan.ts';
import type { Group } from '../../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture } from '../../testing/plan-fixture.ts';
import { runSharedRooms } from '../../testing/run-shared-rooms.ts';
import { drawScript, type RoomScript } from '../../testing/virtual-rooms.ts';

const SECOND = 1_000_000;
const MS = 1_000;

const GROUPS: readonly Group[] = [
  { name: 'readers', share: 0.5, messages: 0 },
  { name: 'talkers', share: 0.3, messages: 0.6 },
  { name: 'bots', share: 0.2, messages: 0.4 },
];

const people = fc.record({
  rooms: fc.array(fc.record({ size: fc.integer({ min: 2, max: 8 }), count: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
  perClient: fc.integer({ min: 2, max: 4 }),
  seed: fc.nat(),
  perSecond: fc.integer({ min: 3, max: 60 }),
  isGrouped: fc.boolean(),
});

function planOf({
  rooms,
  perClient,
  seed,
  perSecond,
  isGrouped,
}: typeof people extends fc.Arbitrary<infer T> ? T : never) {
  const clients = rooms.reduce((sum, { size, count }) => sum + size * count, 0);
  return buildPlanFixture({
    seed,
    population: {
      clients,
      roomClasses: rooms.map(({ size, count }) => ({ size, count: count * perClient })),
      roomsPerClient: perClient,
      roomChoice: { kind: 'uniform' },
      senderShare: 1,
      connectPerSecond: null,
    },
    ...(isGrouped && clients >= 10 ? { groups: GROUPS } : {}),
    load: loadFixture([holdRate(perSecond, 2)]),
    phases: { warmupUs: 0, measureUs: 2 * SECOND, drainTimeoutUs: 2 * SECOND },
  });
}

const script = fc.record({
  seed: fc.nat(),
  loses: fc.constantFrom(0, 0.05, 0.3),
  repeats: fc.constantFrom(0, 0.1),
  leaks: fc.constantFrom(0, 0.2),
  limits: fc.constant(0),
  breaks: fc.constant(0),
  slowestUs: fc.constantFrom(3 * MS, 400 * MS),
  senderReceives: fc.boolean(),
  acknowledges: fc.boolean(),
});

interface Audit {
  expected: number;
  once: number;
  lost: number;
  duplicated: number;
  misrouted: number;
}

/** Counted message by message and copy by copy, by nothing but what the server does. */
function audit(plan: RunPlan, layout: PlanLayout, server: RoomScript): { all: Audit; byGroup: Audit[] } {
  const zero = (): Audit => ({ expected: 0, once: 0, lost: 0, duplicated: 0, misrouted: 0 });
  const groupOf = assignGroups(plan)?.groupOf;
  const byGroup = plan.groups.map(zero);
  const all = zero();
  const sent = new Map<number, number>();
  for (const cursor = openSchedule({ index: 0, count: 1, plan }); cursor.advance(); ) {
    const { room, sender } = cursor;
    const nth = sent.get(sender) ?? 0;
    sent.set(sender, nth + 1);
    const copies = new Map<number, number>();
    const first = layout.firstSeatOf(room);
    for (let seat = first; seat < first + layout.sizeOf(room); seat++) {
      if (seat === sender && !server.senderReceives) continue;
      copies.set(layout.clientOf(seat), server.copiesOf(sender, nth, seat).length);
    }
    const counts = zero();
    counts.expected = copies.size;
    const stranger = server.strangerOf?.(sender, nth, layout) ?? null;
    if (stranger !== null) {
      const client = layout.clientOf(stranger);
      if (copies.has(client)) copies.set(client, copies.get(client)! + 1);
      else if (client === layout.clientOf(sender)) counts.duplicated++;
      else counts.misrouted++;
    }
    for (const copy of copies.values()) {
      if (copy === 0) counts.lost++;
      else counts.once++;
      counts.duplicated += Math.max(0, copy - 1);
    }
    const books = groupOf === undefined ? [all] : [all, byGroup[groupOf[layout.clientOf(sender)]!]!];
    for (const book of books) for (const key of Object.keys(zero()) as (keyof Audit)[]) book[key] += counts[key];
  }
  return { all, byGroup };
}

it('a client in several rooms gets each room’s messages once, over one connection, and whatever else is found as it is', async () => {
  await fc.assert(
    fc.asyncProperty(people, script, async (drawn, server) => {
      const plan = planOf(drawn);
      const layout = layOutRooms(plan);
      const counted = audit(plan, layout, drawScript(server));
      const { ledger, groups, connections, histograms } = await runSharedRooms(splitPlan(plan, 1), drawScript(server));
      expect(ledger).toMatchObject(counted.all);
      expect(ledger.sent).toBe(plan.planned.measure);
      expect(ledger.expected).toBe(ledger.once + ledger.lost);
      expect(histograms.delivery.count).toBe(ledger.once);
      expect(connections).toMatchObject({ attempted: plan.clients, opened: plan.clients });
      for (const [index, group] of groups.entries()) {
        const { expected, once, lost } = counted.byGroup[index]!;
        expect([group.name, group.ledger]).toMatchObject([group.name, { expected, once, lost }]);
      }
      expect(groups.reduce((sum, { clients }) => sum + clients, 0)).toBe(groups.length === 0 ? 0 : plan.clients);
    }),
    { numRuns: 60 },
  );
});

it('and tells of clients, not of their places in rooms', async () => {
  const plan = planOf({ rooms: [{ size: 4, count: 3 }], perClient: 3, seed: 5, perSecond: 40, isGrouped: false });
  const { clientOf, roomOf } = layOutRooms(plan);
  const lost = 30;
  const { examples, ledger } = await runSharedRooms(splitPlan(plan, 1), {
    senderReceives: true,
    acknowledges: true,
    copiesOf: (_sender, _nth, recipient) => (recipient === lost ? [] : [5 * MS]),
  });
  expect(ledger.lost).toBeGreaterThan(0);
  for (const { kind, room, recipient, sender } of examples) {
    expect({ kind, room, recipient }).toEqual({ kind: 'lost', room: roomOf(lost), recipient: clientOf(lost) });
    expect(sender).toBeLessThan(plan.clients);
  }
});
