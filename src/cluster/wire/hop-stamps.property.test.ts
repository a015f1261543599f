import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DELIVERY_STATIONS,
  encodeStamp,
  findStamps,
  patchStamp,
  readStamps,
  STAMP_DIGITS,
  STAMP_SPAN_US,
} from './hop-stamps.ts';
import { encodeAck, encodeMessage } from './server-frame.ts';

const times = fc.array(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { minLength: 6, maxLength: 6 });

function messageWith(body: string, hops: string): Buffer {
  return Buffer.from(encodeMessage('m1', 'r6', 17, 'u1', 1, JSON.stringify(body), hops));
}

test('stamps are read as they were written, modulo their span, the last one patched in', () => {
  fc.assert(
    fc.property(times, fc.string({ unit: 'binary' }), (timesUs, body) => {
      const frame = messageWith(body, timesUs.slice(0, -1).map(encodeStamp).join(''));
      const at = findStamps(frame, DELIVERY_STATIONS.length);
      patchStamp(frame, at + 5 * STAMP_DIGITS, timesUs[5]!);
      const read = new Float64Array(6);
      expect(readStamps(frame, at, read)).toBe(true);
      expect([...read]).toEqual(timesUs.map((us) => us % STAMP_SPAN_US));
      expect(JSON.parse(frame.toString())).toMatchObject({ body, hops: timesUs.map(encodeStamp).join('') });
    }),
  );
});

test('no body is taken for stamps', () => {
  const forged = '","hops":"000000000000000000000000000000000000';
  fc.assert(
    fc.property(fc.oneof(fc.constant(forged), fc.string({ unit: 'binary' })), (body) => {
      expect(findStamps(messageWith(body, ''), DELIVERY_STATIONS.length)).toBe(-1);
    }),
  );
});

test('an acknowledgement has stamps of its own number, and is not taken for a delivery', () => {
  const frame = Buffer.from(encodeAck('m1', [1, 2, 35].map(encodeStamp).join('')));
  const read = new Float64Array(3);
  expect(readStamps(frame, findStamps(frame, 3), read)).toBe(true);
  expect([...read]).toEqual([1, 2, 35]);
  expect(findStamps(frame, 6)).toBe(-1);
  expect(findStamps(Buffer.from(encodeAck('m1')), 3)).toBe(-1);
});

test('a digit that is none is noticed', () => {
  expect(readStamps(Buffer.from('00000!'), 0, new Float64Array(1))).toBe(false);
});
