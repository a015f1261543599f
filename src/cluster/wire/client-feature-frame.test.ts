import { expect, test } from 'vitest';
import { STATUS_LIMIT } from './client-feature-frame.ts';
import { parseClientFrame } from './client-frame.ts';
import { directRoomOf } from './direct-room.ts';

const direct = directRoomOf('ann', 'bob')!;

test.each([
  [{ t: 'leave', room: 'r' }],
  [{ t: 'direct', id: 'm1', to: 'bob', body: 'hi' }],
  [{ t: 'cursor', room: direct, seq: 17 }],
  [{ t: 'sync', room: 'r', after: 3 }],
  [{ t: 'sync', room: direct, after: null }],
  [{ t: 'typing', room: 'r' }],
  [{ t: 'read', room: 'r', seq: 0 }],
  [{ t: 'heartbeat' }],
  [{ t: 'heartbeat', status: 'at "lunch"' }],
  [{ t: 'watch', user: 'bob' }],
  [{ t: 'unwatch', user: 'bob' }],
  [{ t: 'subscribe', group: 'staff' }],
  [{ t: 'unsubscribe', group: 'staff' }],
  [{ t: 'notify', id: 'n1', to: { group: 'staff' }, body: 'x' }],
  [{ t: 'notify', id: 'n1', to: { everyone: true }, body: 'x' }],
])('%j is read as it is', (frame) => {
  expect(parseClientFrame(JSON.stringify({ ...frame, unknown: 1 }))).toEqual(frame);
});

test('a sync without a position starts at the cursor of the device', () => {
  expect(parseClientFrame('{"t":"sync","room":"r"}')).toEqual({ t: 'sync', room: 'r', after: null });
});

test.each([
  ['{"t":"leave","room":"@all"}', '"room"'],
  ['{"t":"typing","room":"@u:ann"}', '"room"'],
  ['{"t":"cursor","room":"r","seq":-1}', '"seq"'],
  ['{"t":"cursor","room":"r","seq":1.5}', '"seq"'],
  ['{"t":"read","room":"r","seq":"1"}', '"seq"'],
  ['{"t":"sync","room":"r","after":1e99}', '"after"'],
  ['{"t":"direct","id":"m","to":"a b","body":""}', '"to"'],
  ['{"t":"notify","id":"n","to":{"user":"a","group":"b"},"body":""}', '"to"'],
  ['{"t":"notify","id":"n","to":{"everyone":false},"body":""}', '"to"'],
  ['{"t":"notify","id":"n","to":{"user":"a"}}', '"body"'],
  ['{"t":"watch"}', '"user"'],
  ['{"t":"heartbeat","status":1}', '"status"'],
  [`{"t":"heartbeat","status":"${'x'.repeat(STATUS_LIMIT + 1)}"}`, '"status"'],
  ['{"t":"subscribe","group":""}', '"group"'],
  ['{"t":"constructor"}', '"t"'],
])('%s is unreadable for its %s', (text, key) => {
  const frame = parseClientFrame(text);
  expect(frame).toMatchObject({ t: 'unreadable', reason: expect.stringContaining(`expected ${key}`) });
});
