import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { UNSTORED_LIMIT } from '../../ports/backlog.ts';
import { createRedisChannelBus } from './redis-channel-bus.ts';
import { NAME_PER_CHANNEL } from './redis-channel-names.ts';

/** A Redis that stands still: its link is fine, and it answers when it is let go. */
function openBus() {
  const replies: (() => void)[] = [];
  const redis = {
    status: 'ready',
    publish: () => new Promise<void>((resolve) => replies.push(resolve)),
  } as unknown as Redis;
  return { bus: createRedisChannelBus(redis, redis, NAME_PER_CHANNEL), replies };
}

test.each([
  ['frames', 'x', UNSTORED_LIMIT.frames],
  ['bytes', 'ü'.repeat(32 * 1024), Math.ceil(UNSTORED_LIMIT.bytes / (64 * 1024))],
])(
  'what waits for a Redis that stands still is bounded in %s, and goes on when that answers',
  async (_, frame, most) => {
    const { bus, replies } = openBus();
    let taken = 0;
    while (taken <= most && bus.notify('r', frame, '')) taken++;
    expect(taken).toBe(most);
    replies.pop()!();
    await new Promise((resolve) => setImmediate(resolve));
    expect([bus.notify('r', frame, ''), bus.notify('r', frame, '')]).toEqual([true, false]);
  },
);
