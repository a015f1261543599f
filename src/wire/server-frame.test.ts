import { expect, test } from 'vitest';
import {
  encodeAck,
  encodeError,
  encodeJoined,
  encodeMessage,
  kindOfServerFrame,
  parseServerFrame,
} from './server-frame.ts';

const body = 'a "quote" \\ \n 😀';
const frames = [
  [encodeJoined('r6'), { t: 'joined', room: 'r6' }],
  [encodeAck('m1'), { t: 'ack', id: 'm1' }],
  [
    encodeMessage('m1', 'r6', 17, 'u12', 1_700_000_000_000, JSON.stringify(body)),
    { t: 'message', id: 'm1', room: 'r6', seq: 17, from: 'u12', at: 1_700_000_000_000, body },
  ],
  [encodeError('m1', 'not-a-member', 'a "quote"'), { t: 'error', id: 'm1', code: 'not-a-member', text: 'a "quote"' }],
  [encodeError(null, 'bad-frame', ''), { t: 'error', id: null, code: 'bad-frame', text: '' }],
] as const;

test.each(frames)('%s is read back, with "t" as its first key', (text, frame) => {
  expect(parseServerFrame(text)).toEqual(frame);
  expect(Object.keys(parseServerFrame(text))[0]).toBe('t');
});

test.each(frames)('the kind of %s is known without parsing', (text, { t }) => {
  expect(kindOfServerFrame(Buffer.from(text))).toBe(t);
});

test('a frame of no gateway has no kind', () => {
  expect(kindOfServerFrame(Buffer.from('{"t":"x"}'))).toBeUndefined();
  expect(kindOfServerFrame(Buffer.from(''))).toBeUndefined();
});
