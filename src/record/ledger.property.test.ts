import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomLayout } from './audience.ts';
import { NO_SLOT } from './in-flight-index.ts';
import { Ledger } from './ledger.ts';

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
            const sequence = send(ledger, room, sender, 0, true);
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
            ledger.deliver(sequence, room, recipient);
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
      const sequence = send(ledger, 0, 0, i, true);
      ledger.deliver(sequence, 0, 1);
    }
    expect(ledger.slots.capacity).toBe(1024);
    expect(ledger.deliver(0, 0, 1)).toBe(NO_SLOT);
    expect(ledger.deliver(0, 0, 7)).toBe(NO_SLOT);
    expect(ledger.close().measure).toMatchObject({ once: 500_000, lost: 0, duplicated: 1, misrouted: 1 });
  });

  it('remembers a straggler however many messages have gone past it', () => {
    const ledger = new Ledger({ rooms: equalRooms(2), senderReceives: false, expectsAck: false });
    const straggler = send(ledger, 0, 0, 5, true);
    for (let i = 0; i < 300_000; i++) {
      const sequence = send(ledger, 1, 2, i, true);
      ledger.deliver(sequence, 1, 3);
    }
    expect(ledger.countOutstanding()).toBe(1);
    expect(ledger.slots.intendedAtUs[ledger.deliver(straggler, 0, 1)]).toBe(5);
    expect(ledger.deliver(straggler, 0, 1)).toBe(NO_SLOT);
    expect(ledger.close().measure).toMatchObject({ once: 300_001, lost: 0, duplicated: 1, reordered: 0 });
  });

  it('counts what is overdue while the run goes on, each delivery until it comes, whatever it had been looked at before', () => {
    const ledger = new Ledger({ rooms: equalRooms(4), senderReceives: false, expectsAck: false });
    const deliver = (sequence: number, recipient: number) => {
      expect(ledger.deliver(sequence, 0, recipient)).not.toBe(NO_SLOT);
    };
    const warm = send(ledger, 0, 0, 0, false);
    const early = send(ledger, 0, 0, 1_000, true);
    const late = send(ledger, 0, 1, 9_000, true);
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

  it('counts what is lost by what the open messages lack, so that books which do not add up show it', () => {
    const ledger = new Ledger({ rooms: equalRooms(4), senderReceives: false, expectsAck: false });
    const sequences = [0, 1, 2].map((at) => send(ledger, 0, at, at, true));
    const slot = ledger.deliver(sequences[0]!, 0, 1);
    // A delivery that the table has forgotten to be awaited, and nobody has counted.
    ledger.slots.remaining[slot]!--;
    const { expected, once, lost } = ledger.close().measure;
    expect({ expected, once, lost }).toEqual({ expected: 9, once: 1, lost: 7 });
  });

  it('takes what was offered and never written for skipped, but not what waits for a connection', () => {
    const ledger = new Ledger({ rooms: equalRooms(3), senderReceives: false, expectsAck: true });
    const [, held, written] = [0, 1, 2].map((at) => ledger.offer(0, at, at, at > 0));
    ledger.hold(held!);
    ledger.write(written!, 7);
    expect(ledger.write(written!, 9)).toBe(NO_SLOT);
    expect(ledger.hold(written!)).toBe(NO_SLOT);
    const { warmup, measure, unwritten } = ledger.close();
    expect(warmup).toMatchObject({ planned: 1, sent: 0, skipped: 1, expected: 0, lost: 0 });
    expect(measure).toMatchObject({ planned: 2, sent: 2, skipped: 0, held: 1, expected: 4, lost: 4 });
    expect(unwritten).toBe(1);
    expect(ledger.countOutstanding()).toBe(4);
  });

  it('agrees with a naive audit of the order, per sender and recipient, also of what was fetched before it was pushed', () => {
    const roomSize = 5;
    const event = fc.record({
      kind: fc.constantFrom('offer' as const, 'push' as const, 'push' as const, 'push' as const, 'fetch' as const),
      pick: fc.nat(),
      recipient: fc.nat({ max: roomSize - 1 }),
      sender: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        const ledger = new Ledger({ rooms: equalRooms(roomSize), senderReceives: false, expectsAck: false });
        const senders: number[] = [];
        const pushed = new Set<string>();
        const latest = new Map<string, number>();
        let reordered = 0;
        for (const { kind, pick, recipient, sender } of events) {
          if (kind === 'offer') senders[send(ledger, 0, sender, 0, true)] = sender;
          if (kind === 'offer' || senders.length === 0) continue;
          const sequence = pick % senders.length;
          const from = senders[sequence]!;
          if (from === recipient) continue;
          if (kind === 'fetch') ledger.recover(sequence, 0, recipient);
          if (kind === 'fetch' || pushed.has(`${sequence} ${recipient}`)) continue;
          ledger.deliver(sequence, 0, recipient);
          pushed.add(`${sequence} ${recipient}`);
          const pair = `${from} ${recipient}`;
          if ((latest.get(pair) ?? -1) > sequence) reordered++;
          else latest.set(pair, sequence);
        }
        const { measure } = ledger.close();
        expect(measure.reordered).toBe(reordered);
        expect(measure.duplicated).toBe(0);
        expect(measure.lost).toBe(measure.expected - measure.once);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['each member sends once, and one of all gets it', 8_000, 8_000, 1, 20e6],
    ['a few messages of a million members are under way', 1_000_000, 8, 20_000, 20e6],
  ])('needs little memory for a large room: %s', (_, members, messages, deliveries, bytes) => {
    const ledger = new Ledger({ rooms: equalRooms(members), senderReceives: false, expectsAck: false });
    const before = process.memoryUsage().arrayBuffers;
    for (let sender = 0; sender < messages; sender++) {
      const sequence = send(ledger, 0, sender, 0, true);
      for (let d = 1; d <= deliveries; d++) ledger.deliver(sequence, 0, (sender + d) % members);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bytes);
    expect(ledger.close().measure).toMatchObject({ once: messages * deliveries, reordered: 0 });
  });

  it('calls a delivery reordered when a later message of the same sender had reached the same recipient', () => {
    const ledger = new Ledger({ rooms: equalRooms(3), senderReceives: false, expectsAck: false });
    const [first, second] = [send(ledger, 0, 0, 0, true), send(ledger, 0, 0, 1, true)];
    const other = send(ledger, 0, 1, 2, true);
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
    const sequence = send(ledger, 0, 0, 0, true);
    ledger.deliver(sequence, 0, 1);
    expect(ledger.inFlight).toBe(1);
    expect(ledger.acknowledge(sequence)).not.toBe(NO_SLOT);
    expect(ledger.acknowledge(sequence)).toBe(NO_SLOT);
    expect(ledger.inFlight).toBe(0);
    expect(ledger.close().measure.acked).toBe(1);
  });

  it('counts the sender receiving its own message as one that it already has, unless the protocol echoes', () => {
    const silent = new Ledger({ rooms: equalRooms(2), senderReceives: false, expectsAck: false });
    expect(silent.deliver(send(silent, 0, 0, 0, true), 0, 0)).toBe(NO_SLOT);
    expect(silent.close().measure).toMatchObject({ once: 0, duplicated: 1 });
    const echoing = new Ledger({ rooms: equalRooms(2), senderReceives: true, expectsAck: false });
    expect(echoing.deliver(send(echoing, 0, 0, 0, true), 0, 0)).not.toBe(NO_SLOT);
    expect(echoing.close().measure).toMatchObject({ once: 1, duplicated: 0 });
  });
});

/** A message that is due now, and written at once; yields its sequence. */
function send(ledger: Ledger, room: number, sender: number, intendedAtUs: number, measured: boolean): number {
  const sequence = ledger.offer(room, sender, intendedAtUs, measured);
  ledger.write(sequence, intendedAtUs);
  return sequence;
}

function equalRooms(size: number): RoomLayout {
  return {
    largestRoom: size,
    sizeOf: () => size,
    firstSeatOf: (room) => room * size,
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
