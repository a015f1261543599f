import { expect, test, vi } from 'vitest';
import { skipWaits } from '../../../testing/skip-waits.ts';
import type { MessageHistory } from '../../ports/message-store.ts';
import { FollowedRooms } from './followed-rooms.ts';
import type { RoomFollower } from './room-follower.ts';

skipWaits();

/** Filled up to the end of its room by each reading, which it counts. */
function followerOf(room: string, after: number, last: () => number) {
  const follower = {
    room,
    after,
    filled: 0,
    async fillUp() {
      follower.filled++;
      follower.after = last();
    },
  };
  return follower;
}

function followed(followers: readonly ReturnType<typeof followerOf>[], lastSequence: () => Promise<number>) {
  const lastSequences: MessageHistory['lastSequences'] = async (rooms) => {
    const last = await lastSequence();
    return rooms.map(() => last);
  };
  const rooms = new FollowedRooms({ lastSequences, history: async () => [] });
  for (const follower of followers) rooms.add(follower as unknown as RoomFollower);
  return rooms;
}

test('after an interruption whoever lacks something is filled up, and nobody else', async () => {
  const [behind, complete] = [followerOf('r', 3, () => 5), followerOf('r', 5, () => 5)];
  followed([behind, complete], async () => 5).catchUp();
  await expect.poll(() => behind.filled).toBe(1);
  expect(complete.filled).toBe(0);
});

test('what is stored only after the first reading is found by the second', async () => {
  const follower = followerOf('r', 1, () => 2);
  const lastSequence = vi.fn(async () => 2).mockResolvedValueOnce(1);
  followed([follower], lastSequence).catchUp();
  await expect.poll(() => follower.after, { timeout: 5_000 }).toBe(2);
  expect(lastSequence).toHaveBeenCalledTimes(2);
});

test('an interruption during a catch-up is caught up with after it', async () => {
  const lastSequence = vi.fn(async () => 0);
  const rooms = followed([followerOf('r', 0, () => 0)], lastSequence);
  for (let n = 0; n < 3; n++) rooms.catchUp();
  await expect.poll(() => lastSequence.mock.calls.length, { timeout: 10_000 }).toBe(4);
});

test('a follower that is gone is left alone, and one whose room cannot be read finds out by itself', async () => {
  const [gone, here] = [followerOf('gone', 0, () => 9), followerOf('here', 0, () => 9)];
  const rooms = followed([gone, here], () => Promise.reject(new Error('connection refused')));
  rooms.delete(gone as unknown as RoomFollower);
  rooms.catchUp();
  // Once by each of the two readings.
  await expect.poll(() => here.filled).toBe(2);
  expect(gone.filled).toBe(0);
});
