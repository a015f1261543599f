import { expect, it } from 'vitest';
import { layOutRooms } from '../plan/room-layout.ts';
import { Ledger } from './ledger.ts';

const rooms = layOutRooms({ clients: 4, roomClasses: [{ size: 2, count: 2 }] });

it('expects no acknowledgement, nor a delivery, of what a limiter refused', () => {
  const ledger = new Ledger({ rooms, senderReceives: false, expectsAck: true });
  const [taken, refused] = [ledger.offer(0, 0, 0, true), ledger.offer(0, 0, 0, true)];
  for (const sequence of [taken, refused]) ledger.write(sequence, 0);
  ledger.deliver(taken, 0, 1);
  ledger.acknowledge(taken);
  ledger.limit(refused);
  expect(ledger.close().measure).toMatchObject({
    sent: 2,
    acksExpected: 1,
    acked: 1,
    rejected: 1,
    limited: 1,
    expected: 1,
    once: 1,
    lost: 0,
  });
});

it('tells what strangers got from what members got twice, also of a message that everybody has', () => {
  const ledger = new Ledger({ rooms, senderReceives: false, expectsAck: false });
  const sequence = ledger.offer(0, 0, 0, true);
  ledger.write(sequence, 0);
  ledger.deliver(sequence, 0, 2);
  ledger.deliver(sequence, 0, 1);
  ledger.deliver(sequence, 0, 3);
  ledger.deliver(sequence, 0, 1);
  expect(ledger.close().measure).toMatchObject({ once: 1, misrouted: 2, duplicated: 1 });
});
