import { expect, it } from 'vitest';
import { encodeStamp } from '../cluster/wire/hop-stamps.ts';
import { encodeAck, encodeMessage } from '../cluster/wire/server-frame.ts';
import { referenceProtocol } from './adapters/reference.ts';

const hops = referenceProtocol.hops!;

it('reads a stamp for each station of a way, and names one leg more than there are stations', () => {
  const delivery = new Float64Array(hops.legs.delivery.length - 1);
  const message = Buffer.from(encodeMessage('m', 'r', 1, 'u', 1, '"x"', [1, 2, 3, 4, 5].map(encodeStamp).join('')));
  expect(hops.read('delivery', message, delivery)).toBe(true);
  expect([...delivery]).toEqual([1, 2, 3, 4, 5, 0]);
  const ack = new Float64Array(hops.legs.ack.length - 1);
  expect(hops.read('ack', Buffer.from(encodeAck('m', [7, 8, 9].map(encodeStamp).join(''))), ack)).toBe(true);
  expect([...ack]).toEqual([7, 8, 9]);
});

it('finds none in frames without', () => {
  expect(hops.read('ack', Buffer.from(encodeAck('m')), new Float64Array(3))).toBe(false);
  expect(hops.read('delivery', Buffer.from(encodeMessage('m', 'r', 1, 'u', 1, '"x"')), new Float64Array(6))).toBe(
    false,
  );
});
