import { expect, it } from 'vitest';
import { percentileOf } from './percentile-of.ts';
import { PostRecorder } from './post-recorder.ts';
import { Recorder } from './recorder.ts';

const ROOMS = { largestRoom: 2, sizeOf: () => 2, firstClientOf: () => 0, roomOf: () => 0 };

it.each([
  ['a frame', null],
  ['an HTTP request', new PostRecorder()],
])('a message that waits for the connection, and becomes %s once it is back, is sent in time and once', (_, posts) => {
  const audience = { rooms: ROOMS, senderReceives: false, expectsAck: false };
  const recorder = new Recorder(audience, 60_000_000, () => {}, [], null, { posts });
  const sequence = recorder.hold(0, 0, 1_000, 1_000, true);
  recorder.dispatch(sequence, 5_000_000);
  const { ledger, histograms } = recorder.finish(6_000_000);
  expect(ledger).toMatchObject({ planned: 1, sent: 1, held: 1, skipped: 0, lost: 1 });
  expect(histograms.lateness.count).toBe(1);
  expect(percentileOf(histograms.lateness, 100)).toBeLessThanOrEqual(1);
});
