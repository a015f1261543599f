import { expect, test } from 'vitest';
import { encodeAck, encodeMessage } from '../../wire/server-frame.ts';
import { readMessagePosition } from './read-message-position.ts';

test('room and number are read whatever the names look like', () => {
  const frame = encodeMessage('room:seq', '@d:3:ann:seq:4', 1_234_567_890, 'u', 1, '"\\"seq\\":9"');
  expect(readMessagePosition(Buffer.from(frame))).toEqual({ room: '@d:3:ann:seq:4', seq: 1_234_567_890 });
});

test('a view into a larger payload is read by its own bytes', () => {
  const payload = Buffer.from(`xx${encodeMessage('m', 'r', 7, 'u', 1, '""')}yy`);
  expect(readMessagePosition(payload.subarray(2, -2))).toEqual({ room: 'r', seq: 7 });
});

test('any other frame has none', () => {
  expect(readMessagePosition(Buffer.from(encodeAck('m1')))).toBeNull();
});
