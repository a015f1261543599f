import { expect, it } from 'vitest';
import {
  CHANNEL_ACK_STATIONS,
  CHANNEL_DELIVERY_STATIONS,
  DELIVERY_STATIONS,
  encodeStamp,
} from '../cluster/wire/hop-stamps.ts';
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

it('reads those of gateways that number messages themselves, which are not as many as the others', () => {
  for (const way of ['delivery', 'ack'] as const) {
    const lengths = [hops.legs[way], ...hops.otherLegs![way]].map((legs) => legs.length);
    expect(new Set(lengths).size).toBe(lengths.length);
  }
  expect(hops.otherLegs?.delivery[0]).toHaveLength(CHANNEL_DELIVERY_STATIONS.length + 1);
  expect(hops.otherLegs?.ack[0]).toHaveLength(CHANNEL_ACK_STATIONS.length + 1);
  const message = Buffer.from(encodeMessage('m', 'r', 1, 'u', 1, '"x"', [1, 2].map(encodeStamp).join('')));
  const delivery = new Float64Array(CHANNEL_DELIVERY_STATIONS.length);
  expect(hops.read('delivery', message, new Float64Array(DELIVERY_STATIONS.length))).toBe(false);
  expect([hops.read('delivery', message, delivery), ...delivery]).toEqual([true, 1, 2, 0]);
});

it('finds none in frames without', () => {
  expect(hops.read('ack', Buffer.from(encodeAck('m')), new Float64Array(3))).toBe(false);
  expect(hops.read('delivery', Buffer.from(encodeMessage('m', 'r', 1, 'u', 1, '"x"')), new Float64Array(6))).toBe(
    false,
  );
});
