import { expect, test } from 'vitest';
import { encodeDelivery, visitDeliveries } from './parcel.ts';

function read(payload: Buffer): string[][] {
  const seen: string[][] = [];
  visitDeliveries(payload, (room, connection, frame) => seen.push([room, connection, frame.toString()]));
  return seen;
}

const deliveries = [
  ['r1', 'g0.1', '{"t":"message","body":"ünïcode 😀"}'],
  ['r2', 'g1.20', '{}'],
] as const;

test('deliveries come out as they were put in, in order', () => {
  const payload = deliveries.map(([room, connection, frame]) => encodeDelivery(room, connection, frame)).join('');
  expect(read(Buffer.from(payload))).toEqual(deliveries);
});

test('a payload that was cut off yields its complete deliveries', () => {
  const [first, second] = deliveries.map(([room, connection, frame]) => encodeDelivery(room, connection, frame));
  for (let length = 0; length < second!.length; length++) {
    expect(read(Buffer.from(first! + second!.slice(0, length)))).toHaveLength(1);
  }
  expect(read(Buffer.from('rubbish'))).toEqual([]);
});
