import { expect, test } from 'vitest';
import { encodeStamp, STAMP_SPAN_US } from '../wire/hop-stamps.ts';
import { listLegs } from './page/list-legs.ts';

/** Stamps so far apart, ms, over the end of a span. */
function stamp(...legsMs: readonly number[]): string {
  let us = STAMP_SPAN_US - 500;
  let stamps = encodeStamp(us);
  for (const ms of legsMs) {
    us += ms * 1_000;
    stamps += encodeStamp(us);
  }
  return stamps;
}

test.each([
  [
    'message',
    [0.4, 1.2, 0.1, 2.5, 3],
    'gateway 0.4 ms · queue 1.2 ms · waiting at the worker 0.1 ms · store 2.5 ms · back to a gateway 3.0 ms',
  ],
  ['message', [0.4, 1.2], 'gateway 0.4 ms · channel to a gateway 1.2 ms'],
  ['ack', [0.4, 1.2], 'gateway 0.4 ms · confirmed by the broker 1.2 ms'],
  ['ack', [0.4, 1.2, 3], 'gateway 0.4 ms · numbered 1.2 ms · store 3.0 ms'],
  ['ack', [1], ''],
] as const)('stamps of %s that are %j ms apart', (frame, legsMs, told) => {
  expect(listLegs(frame, stamp(...legsMs))).toBe(told);
});

test('without stamps nothing is told', () => {
  expect([listLegs('message'), listLegs('ack', '')]).toEqual(['', '']);
});
