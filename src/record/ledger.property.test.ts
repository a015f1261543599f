import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DELIVERY, Ledger, type RoomLayout } from './ledger.ts';

/** A server's behaviour, message by message: for each recipient how many copies arrive, and whether one goes astray. */
const message = fc.record({
  room: fc.integer({ min: 0, max: 3 }),
  sender: fc.nat({ max: 99 }),
  copies: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 70, maxLength: 70 }),
  astray: fc.boolean(),
  measured: fc.boolean(),
});

describe('the ledger', () => {
  it('agrees with a naive audit of what a faulty server did, for any order of arrival', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 60 }),
        fc.constantFrom(2, 3, 33, 70),
        fc.integer({ min: 1, max: 2 ** 31 }),
        (messages, roomSize, shuffleSeed) => {
          const ledger = new Ledger({ rooms: equalRooms(roomSize), senderReceives: false, expectsAck: false });
          const arrivals: { sequence: number; room: number; recipient: number }[] = [];
          const expected = { expected: 0, once: 0, lost: 0, duplicated: 0, misrouted: 0 };
          for (const { room, sender: pick, copies, astray } of messages) {
            const sender = room * roomSize + (pick % roomSize);
            const sequence = ledger.open(room, sender, 0, 0, true);
            for (let member = 0; member < roomSize; member++) {
              const recipient = room * roomSize + member;
              if (recipient === sender) continue;
              const count = copies[member]!;
              expected.expected++;
              if (count === 0) expected.lost++;
              else expected.once++;
              expected.duplicated += Math.max(0, count - 1);
              for (let copy = 0; copy < count; copy++) arrivals.push({ sequence, room, recipient });
            }
            if (astray) {
              expected.misrouted++;
              arrivals.push({ sequence, room, recipient: 4 * roomSize });
            }
          }
          for (const { sequence, room, recipient } of shuffle(arrivals, shuffleSeed)) {
            if (ledger.deliver(sequence, room, recipient) === DELIVERY.once) ledger.settle(ledger.slot);
          }
          const { measure } = ledger.close();
          expect(measure).toMatchObject(expected);
          expect(measure.planned).toBe(measure.sent + measure.skipped);
          expect(ledger.inFlight).toBe(
            messages.filter(
              ({ copies, sender, room }) =>
                copies.slice(0, roomSize).some((count, member) => count === 0 && member !== sender % roomSize) &&
                room >= 0,
            ).length,
          );
        },
      ),
    );
  });

  it('keeps memory for what is in flight only, and still knows a duplicate of what it has forgotten', () => {
    const ledger = new Ledger({ rooms: equalRooms(2), senderReceives: false, expectsAck: false });
    for (let i = 0; i < 500_000; i++) {
      const sequence = ledger.open(0, 0, i, i, true);
      ledger.deliver(sequence, 0, 1);
      ledger.settle(ledger.slot);
    }
    expect(ledger.slots.capacity).toBe(1024);
    expect(ledger.deliver(0, 0, 1)).toBe(DELIVERY.duplicate);
    expect(ledger.deliver(0, 0, 7)).toBe(DELIVERY.misrouted);
    expect(ledger.close().measure).toMatchObject({ once: 500_000, lost: 0, duplicated: 1, misrouted: 1 });
  });

  it('remembers a straggler however many messages have gone past it', () => {
    const ledger = new Ledger({ rooms: equalRooms(2), senderReceives: false, expectsAck: false });
    const straggler = ledger.open(0, 0, 5, 6, true);
    for (let i = 0; i < 300_000; i++) {
      const sequence = ledger.open(1, 2, i, i, true);
      ledger.deliver(sequence, 1, 3);
      ledger.settle(ledger.slot);
    }
    expect(ledger.countOutstanding()).toBe(1);
    expect(ledger.deliver(straggler, 0, 1)).toBe(DELIVERY.once);
    expect(ledger.slots.intendedAtUs[ledger.slot]).toBe(5);
    ledger.settle(ledger.slot);
    expect(ledger.deliver(straggler, 0, 1)).toBe(DELIVERY.duplicate);
    expect(ledger.close().measure).toMatchObject({ once: 300_001, lost: 0, duplicated: 1, reordered: 0 });
  });

  it('counts what is overdue while the run goes on, each delivery until it comes, whatever it had been looked at before', () => {
    const ledger = new Ledger({ rooms: equalRooms(4), senderReceives: false, expectsAck: false });
    const deliver = (sequence: number, recipient: number) => {
      expect(ledger.deliver(sequence, 0, recipient)).toBe(DELIVERY.once);
      ledger.settle(ledger.slot);
    };
    const warm = ledger.open(0, 0, 0, 0, false);
    const early = ledger.open(0, 0, 1_000, 1_000, true);
    const late = ledger.open(0, 1, 9_000, 9_000, true);
    deliver(warm, 1);
    expect(ledger.auditSoFar(0)).toMatchObject({ warmup: { lost: 0 }, measure: { lost: 0 } });
    expect(ledger.auditSoFar(9_000)).toMatchObject({ warmup: { lost: 2 }, measure: { lost: 3, expected: 6 } });
    deliver(early, 1);
    deliver(early, 2);
    deliver(late, 0); // in time: it was not counted
    expect(ledger.auditSoFar(9_000).measure.lost).toBe(1);
    deliver(early, 3);
    ledger.recover(warm, 0, 2);
    expect(ledger.auditSoFar(20_000)).toMatchObject({ warmup: { lost: 1 }, measure: { lost: 2, once: 4 } });
    const closed = ledger.close();
    expect([closed.warmup.lost, closed.measure.lost]).toEqual([1, 2]);
  });

  it('calls a delivery reordered when a later message of the same sender had reached the same recipient', () => {
    const ledger = new Ledger({ rooms: equalRooms(3), senderReceives: false, expectsAck: false });
    const [first, second] = [ledger.open(0, 0, 0, 0, true), ledger.open(0, 0, 1, 1, true)];
    const other = ledger.open(0, 1, 2, 2, true);
    ledger.deliver(second, 0, 1);
    ledger.deliver(first, 0, 1); // after the second: reordered
    ledger.deliver(first, 0, 2);
    ledger.deliver(second, 0, 2); // in order, at another recipient
    ledger.deliver(other, 0, 2); // another sender: no order between the two
    expect(ledger.close().measure.reordered).toBe(1);
    expect(ledger.examples).toContainEqual(
      expect.objectContaining({ kind: 'reordered', sequence: first, recipient: 1 }),
    );
  });

  it('keeps a slot until the acknowledgement is in, and counts one acknowledgement per message', () => {
    const ledger = new Ledger({ rooms: equalRooms(2), senderReceives: false, expectsAck: true });
    const sequence = ledger.open(0, 0, 0, 0, true);
    ledger.deliver(sequence, 0, 1);
    ledger.settle(ledger.slot);
    expect(ledger.inFlight).toBe(1);
    const slot = ledger.acknowledge(sequence);
    ledger.settle(slot);
    expect(ledger.acknowledge(sequence)).toBe(-1);
    expect(ledger.inFlight).toBe(0);
    expect(ledger.close().measure.acked).toBe(1);
  });

  it('counts the sender receiving its own message as one that it already has, unless the protocol echoes', () => {
    const silent = new Ledger({ rooms: equalRooms(2), senderReceives: false, expectsAck: false });
    expect(silent.deliver(silent.open(0, 0, 0, 0, true), 0, 0)).toBe(DELIVERY.duplicate);
    const echoing = new Ledger({ rooms: equalRooms(2), senderReceives: true, expectsAck: false });
    expect(echoing.deliver(echoing.open(0, 0, 0, 0, true), 0, 0)).toBe(DELIVERY.once);
  });
});

function equalRooms(size: number): RoomLayout {
  return {
    largestRoom: size,
    sizeOf: () => size,
    firstClientOf: (room) => room * size,
    roomOf: (client) => Math.floor(client / size),
  };
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  const shuffled = [...items];
  let state = seed;
  for (let i = shuffled.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const j = state % (i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
