import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { Connection } from './connection.ts';
import { FairShare } from './fair-share.ts';

const SECOND_US = 1_000_000;
let clock: VirtualClock;
let share: FairShare;

beforeEach(() => {
  clock = new VirtualClock();
  share = new FairShare(clock, 1_000);
});

/** A client that sends frames as long as it is read. */
function connect() {
  const webSocket = {
    isPaused: false,
    closed: null as number | null,
    pause() {
      webSocket.isPaused = true;
    },
    resume() {
      webSocket.isPaused = false;
    },
    close(code: number) {
      webSocket.closed = code;
    },
  };
  const connection = { webSocket, holds: 0, share: share.open() } as unknown as Connection;
  return { webSocket, take: (characters: number) => share.take(connection, characters) };
}

/** Frames taken within so long of a client that sends `perRead` at each of `readsPerSecond` occasions at which it is read. */
async function flood(seconds: number, characters: number, perRead: number, readsPerSecond = 1_000) {
  const { webSocket, take } = connect();
  let [taken, refused] = [0, 0];
  for (let read = 0; read < seconds * readsPerSecond; read++) {
    await clock.runUntil(new Promise<void>((resolve) => clock.after(SECOND_US / readsPerSecond, resolve)));
    for (let n = 0; n < perRead && !webSocket.isPaused; n++)
      if (!take(characters)) refused++;
      else taken++;
  }
  return { taken, refused, webSocket };
}

test('who sends no more than the share is never held up', async () => {
  const { taken, refused, webSocket } = await flood(5, 0, 9, 100);
  expect([taken, refused, webSocket.isPaused]).toEqual([4_500, 0, false]);
  expect(share.counters).toEqual({ heldBack: 0, floodsClosed: 0 });
});

test.each([
  [0, 1],
  [1_024, 2],
  [3_072, 4],
])('who sends more gets the share, and no more, of frames of %i characters', async (characters, units) => {
  const { taken, refused } = await flood(10, characters, 50);
  // The burst at the beginning, and what is read beyond the credit at once.
  expect(taken * units).toBeGreaterThan(9_800);
  expect(taken * units).toBeLessThan(11_000);
  expect(refused).toBe(0);
});

test('who is held is read on for more than one frame at a time', async () => {
  await flood(10, 0, 50);
  expect(share.counters.heldBack).toBeLessThan((10 * 1_000) / 20 + 1);
});

test('what has been read already is taken as a debt, then refused, and who goes on is closed', () => {
  const { webSocket, take } = connect();
  const answers = Array.from({ length: 5_401 }, () => take(0));
  // A burst of 200, and as much of a debt.
  expect(answers.lastIndexOf(true)).toBe(399);
  expect(answers.indexOf(false)).toBe(400);
  expect(webSocket.closed).toBe(1008);
  expect(share.counters.floodsClosed).toBe(1);
});

test('a debt is paid before anything else is read', async () => {
  const { webSocket, take } = connect();
  for (let n = 0; n < 400; n++) take(0);
  expect(webSocket.isPaused).toBe(true);
  await clock.runUntil(new Promise<void>((resolve) => clock.after(0.19 * SECOND_US, resolve)));
  expect(webSocket.isPaused).toBe(true);
  await clock.runUntil(new Promise<void>((resolve) => clock.after(0.05 * SECOND_US, resolve)));
  expect(webSocket.isPaused).toBe(false);
});

test('without a limit nobody is held up', () => {
  share = new FairShare(clock, Number.POSITIVE_INFINITY);
  const { take } = connect();
  expect(Array.from({ length: 100_000 }, () => take(60_000)).every(Boolean)).toBe(true);
});
