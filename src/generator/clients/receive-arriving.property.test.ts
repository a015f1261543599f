import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openArriving } from '../../plan/arriving.ts';
import { layOutRooms } from '../../plan/room-layout.ts';
import { openSchedule } from '../../plan/schedule.ts';
import { splitPlan } from '../../plan/split-plan.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runSharedRooms } from '../../testing/run-shared-rooms.ts';
import { drawScript } from '../../testing/virtual-rooms.ts';

const SECOND = 1_000_000;
const MS = 1_000;

const drawn = fc.record({
  seed: fc.nat(),
  rooms: fc.integer({ min: 1, max: 5 }),
  size: fc.integer({ min: 2, max: 6 }),
  first: fc.nat({ max: 10 }),
  perClient: fc.constantFrom(1, 1, 2),
  overUs: fc.integer({ min: 100 * MS, max: 2 * SECOND }),
  perSecond: fc.integer({ min: 5, max: 80 }),
  loses: fc.constantFrom(0, 0.2),
  repeats: fc.constantFrom(0, 0.1),
  senderReceives: fc.boolean(),
  shards: fc.integer({ min: 1, max: 3 }),
});

it('who comes during measure is expected to get what is sent once it is there, and nothing before, in each of its rooms', async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async ({ seed, rooms, size, first, perClient, overUs, perSecond, shards, ...server }) => {
      const clients = rooms * size;
      const plan = buildPlanFixture({
        seed,
        population: {
          ...populationFixture(clients, size),
          roomClasses: [{ size, count: rooms * perClient }],
          ...(perClient > 1 && { roomsPerClient: perClient }),
          arriving: [{ from: Math.min(first, clients), to: clients, durationUs: overUs }],
        },
        load: loadFixture([holdRate(perSecond, 3)]),
        phases: { warmupUs: 400 * MS, measureUs: 3 * SECOND, drainTimeoutUs: SECOND },
      });
      const script = drawScript({
        seed,
        leaks: 0,
        limits: 0,
        breaks: 0,
        slowestUs: 5 * MS,
        acknowledges: true,
        ...server,
      });
      const parts = splitPlan(plan, Math.min(shards, plan.seating === undefined ? plan.rooms : 1));
      const { ledger, warmupLedger, connections, histograms } = await runSharedRooms(parts, script);

      const layout = layOutRooms(plan);
      const arriving = openArriving(plan)!;
      const zero = () => ({ sent: 0, expected: 0, once: 0, lost: 0, duplicated: 0 });
      const books = { warmup: zero(), measure: zero() };
      const sent = new Map<number, number>();
      for (const cursor = openSchedule({ index: 0, count: 1, plan }); cursor.advance(); ) {
        const { room, sender, intendedAtUs } = cursor;
        const nth = sent.get(sender) ?? 0;
        sent.set(sender, nth + 1);
        const book = cursor.measured ? books.measure : books.warmup;
        book.sent++;
        const start = layout.firstSeatOf(room);
        for (let seat = start; seat < start + layout.sizeOf(room); seat++) {
          if (seat === sender && !server.senderReceives) continue;
          // Taken for there a fifth of a second after it came.
          if (arriving.comesAtUs(layout.clientOf(seat)) + 200 * MS > intendedAtUs) continue;
          const copies = script.copiesOf(sender, nth, seat).length;
          book.expected++;
          if (copies === 0) book.lost++;
          else book.once++;
          book.duplicated += Math.max(0, copies - 1);
        }
      }
      expect(ledger).toMatchObject({
        ...books.measure,
        skipped: 0,
        unsendable: 0,
        misrouted: 0,
        acked: books.measure.sent,
      });
      expect(warmupLedger).toMatchObject({ ...books.warmup, skipped: 0, unsendable: 0 });
      expect(ledger.sent).toBe(plan.planned.measure);
      expect(ledger.expected).toBe(ledger.once + ledger.lost);
      expect(connections).toMatchObject({ attempted: clients, opened: clients, failed: 0 });
      expect(histograms.connect.count).toBe(clients);
    }),
    { numRuns: 50 },
  );
});
