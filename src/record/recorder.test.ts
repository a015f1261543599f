import { expect, it } from 'vitest';
import type { RawInterval } from './interval-series.ts';
import { PostRecorder } from './post-recorder.ts';
import { Recorder } from './recorder.ts';

const ROOMS = { largestRoom: 2, sizeOf: () => 2, firstSeatOf: () => 0, roomOf: () => 0 };

it.each([
  ['a frame', null],
  ['an HTTP request', new PostRecorder()],
])('a message that waits for the connection, and becomes %s once it is back, is sent in time and once', (_, posts) => {
  const audience = { rooms: ROOMS, senderReceives: false, expectsAck: false };
  const recorder = new Recorder(audience, 60_000_000, () => {}, [], null, { posts });
  const sequence = recorder.offer(0, 0, 1_000, 1_000, true);
  recorder.held(sequence, 1_000);
  recorder.wrote(sequence, 5_000_000);
  recorder.delivered(sequence, 0, 1, 5_000_300, NO_FRAME);
  const { ledger, histograms, own } = recorder.finish(6_000_000);
  expect(ledger).toMatchObject({ planned: 1, sent: 1, held: 1, skipped: 0, once: 1, lost: 0 });
  expect(histograms.lateness).toMatchObject({ count: 1, maxUs: 0 });
  // Its wait is no service of the server: that begins with the write.
  expect(histograms.service).toMatchObject({ count: 1, maxUs: 300 });
  // Nor has the generator added it.
  expect(own.delivery.measured.count).toBe(0);
});

it.each([
  ['exactly', 5_000_000, 0],
  ['a microsecond more than', 5_000_001, 1],
])('a delivery that takes %s the timeout is late or not', (_, tookUs, late) => {
  const audience = { rooms: ROOMS, senderReceives: false, expectsAck: false };
  const recorder = new Recorder(audience, 5_000_000, () => {});
  const sequence = recorder.offer(0, 0, 0, 0, true);
  recorder.wrote(sequence, 0);
  recorder.delivered(sequence, 0, 1, tookUs, NO_FRAME);
  expect(recorder.finish(9_000_000).ledger).toMatchObject({ once: 1, late });
});

it.each([
  // first, the ⌈n/2⌉-th and last of n recipients, who are told one a millisecond.
  [1, [1, 1, 1]],
  [2, [1, 1, 2]],
  [3, [1, 2, 3]],
  [4, [1, 2, 4]],
  [5, [1, 3, 5]],
])('of %i recipients, the first, the median and the last are told', (recipients, ranks) => {
  const rooms = { largestRoom: 6, sizeOf: () => recipients + 1, firstSeatOf: () => 0, roomOf: () => 0 };
  const recorder = new Recorder({ rooms, senderReceives: false, expectsAck: false }, 60_000_000, () => {});
  const sequence = recorder.offer(0, 0, 0, 0, true);
  recorder.wrote(sequence, 0);
  for (let k = 1; k <= recipients; k++) recorder.delivered(sequence, 0, k, k * 1_000, NO_FRAME);
  const { fanoutFirst, fanoutMedian, fanoutLast } = recorder.finish(9_000_000).histograms;
  expect([fanoutFirst, fanoutMedian, fanoutLast].map(({ maxUs }) => maxUs / 1_000)).toEqual(ranks);
});

it('a message is sent when it is first written, however long after it was due, and in the second of the write', () => {
  const seconds: RawInterval[] = [];
  const audience = { rooms: ROOMS, senderReceives: false, expectsAck: true };
  const recorder = new Recorder(audience, 60_000_000, (interval) => seconds.push(interval));
  const [first, never] = [recorder.offer(0, 0, 900_000, 990_000, true), recorder.offer(0, 0, 900_000, 990_000, true)];
  recorder.wrote(first, 1_016_000);
  recorder.wrote(first, 3_000_000);
  recorder.delivered(first, 0, 1, 3_000_500, NO_FRAME);
  recorder.acknowledged(first, 3_000_500, NO_FRAME);
  const { ledger, histograms } = recorder.finish(3_100_000);
  expect(histograms.lateness).toMatchObject({ count: 1, maxUs: 116_000 });
  expect(histograms.service).toMatchObject({ count: 1, maxUs: 1_984_500 });
  expect(never).toBe(1);
  expect(ledger).toMatchObject({ planned: 2, sent: 1, skipped: 1, expected: 1, once: 1, acked: 1, lost: 0 });
  expect(seconds.map(({ offered, sent, skipped, latenessMaxUs }) => [offered, sent, skipped, latenessMaxUs])).toEqual([
    [2, 0, 0, 0],
    [0, 1, 0, 116_000],
    [0, 0, 0, 0],
    [0, 0, 1, 0],
  ]);
});

const NO_FRAME = Buffer.alloc(0);

it('counts a delivery as lost so far once it has taken longer than the timeout', () => {
  const audience = { rooms: ROOMS, senderReceives: false, expectsAck: false };
  const recorder = new Recorder(audience, 5_000_000, () => {});
  recorder.wrote(recorder.offer(0, 0, 1_000_000, 1_000_000, true), 1_000_000);
  expect(recorder.auditSoFar(6_000_000).measure).toMatchObject({ expected: 1, lost: 0 });
  expect(recorder.auditSoFar(6_000_001).measure).toMatchObject({ expected: 1, lost: 1 });
});
