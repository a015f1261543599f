import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { Connection } from './connection.ts';
import { ADJUSTED_EVERY_MS, FairShare } from './fair-share.ts';

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

/** Everybody sends so many frames a second in reads of a hundred a second, and deliveries are so old at each look. Yields what was taken of each. */
async function chatTogether(seconds: number, rates: readonly number[], ageMs: number | null) {
  const clients = rates.map((rate) => ({ ...connect(), rate, waits: 0, taken: 0 }));
  for (let ms = 0; ms < seconds * 1_000; ms += 10) {
    await clock.runUntil(new Promise<void>((resolve) => clock.after(10_000, resolve)));
    for (const client of clients) {
      client.waits += client.rate / 100;
      while (client.waits >= 1 && !client.webSocket.isPaused) {
        client.waits--;
        if (client.take(0)) client.taken++;
      }
    }
    if (ms % ADJUSTED_EVERY_MS === 0) share.adjust(ageMs);
  }
  return clients.map(({ taken }) => taken);
}

test('while deliveries are late, who sends many times as much as the others gets less, and they get all they want', async () => {
  const [flooder, ...others] = await chatTogether(10, [5_000, ...Array.from({ length: 20 }, () => 10)], 80);
  // A tenth of the share, after a burst and the time that it takes.
  expect(flooder).toBeGreaterThan(950);
  expect(flooder).toBeLessThan(1_900);
  for (const taken of others) expect(taken).toBeGreaterThanOrEqual(99);
});

test('where all send alike, or one alone, nobody is held up for late deliveries', async () => {
  for (const taken of await chatTogether(10, [800, 800, 800, 800], 500)) expect(taken).toBeGreaterThanOrEqual(7_990);
  expect(share.unitsPerSecond).toBe(1_000);
  expect((await chatTogether(10, [950], 500))[0]).toBeGreaterThanOrEqual(9_490);
});

test('when deliveries are in time again, or nobody waits for any, the share comes back little by little', async () => {
  await chatTogether(5, [5_000, 10, 10, 10], 80);
  expect(share.unitsPerSecond).toBeCloseTo(100);
  await chatTogether(5, [10, 10], 2);
  expect(share.unitsPerSecond).toBeGreaterThan(150);
  expect(share.unitsPerSecond).toBeLessThan(300);
  await chatTogether(25, [10, 10], null);
  expect(share.unitsPerSecond).toBe(1_000);
});

test('without a limit nobody is held up', () => {
  share = new FairShare(clock, Number.POSITIVE_INFINITY);
  const { take } = connect();
  expect(Array.from({ length: 100_000 }, () => take(60_000)).every(Boolean)).toBe(true);
});
