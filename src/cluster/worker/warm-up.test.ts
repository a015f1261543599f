import { expect, test } from 'vitest';
import { createMemoryLock } from '../adapters/memory/memory-lock.ts';
import { createMemoryRoomActivity } from '../adapters/memory/memory-room-activity.ts';
import { warmUp } from './warm-up.ts';

test('workers that start together warm up one after the other, each with the most active rooms', async () => {
  const activity = createMemoryRoomActivity();
  await activity.note(new Map(Array.from({ length: 600 }, (_, n) => [`r${n}`, 600 - n])));
  const lock = createMemoryLock();
  let warming = 0;
  const warm = (seen: string[]) => ({
    async warm(rooms: readonly string[]) {
      expect(++warming).toBe(1);
      await new Promise(setImmediate);
      seen.push(...rooms);
      warming--;
    },
  });
  const seen: string[][] = [[], [], []];
  const counts = await Promise.all(seen.map((rooms) => warmUp(warm(rooms), activity, lock, 500)));
  expect(counts).toEqual([500, 500, 500]);
  for (const rooms of seen) expect(rooms).toEqual(Array.from({ length: 500 }, (_, n) => `r${n}`));
});

test('a warm-up that fails gives its turn to the next', async () => {
  const activity = createMemoryRoomActivity();
  await activity.note(new Map([['r', 1]]));
  const lock = createMemoryLock();
  const broken = { warm: () => Promise.reject(new Error('connection reset')) };
  await expect(warmUp(broken, activity, lock, 10)).rejects.toThrow('connection reset');
  expect(await warmUp({ warm: async () => {} }, activity, lock, 10)).toBe(1);
});
