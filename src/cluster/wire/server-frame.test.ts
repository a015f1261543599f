import { expect, test } from 'vitest';
import {
  encodeAlive,
  encodeLeft,
  encodeNotice,
  encodeNotification,
  encodePresence,
  encodePushed,
  encodeRateLimited,
  encodeReadReceipt,
  encodeSession,
  encodeSubscribed,
  encodeSynced,
  encodeTyping,
} from './server-feature-frame.ts';
import {
  encodeAck,
  encodeError,
  encodeJoined,
  encodeMessage,
  kindOfServerFrame,
  parseServerFrame,
  readMessageSeq,
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
  [encodeLeft('r6'), { t: 'left', room: 'r6' }],
  [encodeNotice('r6', 'ann', 'd0', 'joined'), { t: 'notice', room: 'r6', user: 'ann', device: 'd0', event: 'joined' }],
  [encodePresence('ann', false), { t: 'presence', user: 'ann', online: false }],
  [encodePresence('ann', true, 'at "lunch"'), { t: 'presence', user: 'ann', online: true, status: 'at "lunch"' }],
  [encodeAlive(30_000), { t: 'heartbeat', ttlMs: 30_000 }],
  [encodeTyping('r6', 'ann'), { t: 'typing', room: 'r6', user: 'ann' }],
  [encodeReadReceipt('r6', 'ann', 3), { t: 'read', room: 'r6', user: 'ann', seq: 3 }],
  [
    encodeNotification({ id: 'n1', from: 'ann', to: { group: 'g' }, at: 7, body }),
    { t: 'notification', id: 'n1', from: 'ann', to: { group: 'g' }, at: 7, body },
  ],
  [encodeSubscribed('g'), { t: 'subscribed', group: 'g' }],
  [encodePushed('n1'), { t: 'pushed', id: 'n1' }],
  [
    encodeSession({ id: 's', gateway: 'gateway-1', resumed: true, rooms: ['r6'], ttlMs: 60_000 }),
    { t: 'session', id: 's', gateway: 'gateway-1', resumed: true, rooms: ['r6'], ttlMs: 60_000 },
  ],
  [encodeSynced('r6', 9), { t: 'synced', room: 'r6', seq: 9 }],
  [encodeRateLimited('m1', 0, 250), { t: 'rate_limited', id: 'm1', remaining: 0, retryAfterMs: 250 }],
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

test.each([
  ['m1', 'r6', 17],
  ['Zqcbab9zs003n0000000001r000008', 'a-longer-room', 0],
  ['m', '@d:3:ann:seq:4', 1_234_567_890],
])('the number of message %s in %s is read without parsing: %i', (id, room, seq) => {
  expect(readMessageSeq(Buffer.from(encodeMessage(id, room, seq, 'u1', 1, '"\\"seq\\":9"')))).toBe(seq);
});

test('a frame without a number has none', () => {
  for (const text of ['', '{"t":"ack","id":"m1"}', '{"t":"message","id":"m1","room":"r","seq":"x"}']) {
    expect(readMessageSeq(Buffer.from(text))).toBe(-1);
  }
});
