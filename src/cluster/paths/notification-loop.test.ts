import { expect, test } from 'vitest';
import { UNSTORED_LIMIT } from '../ports/backlog.ts';
import { NotificationLoop } from './notification-loop.ts';

/** A loop whose look-up does not come back until it is let go. */
function openLoop() {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const published: string[] = [];
  const loop = new NotificationLoop(
    {
      enter: () => Promise.reject(new Error('expected none')),
      async gatewaysOf(channels) {
        await answered;
        return channels.map(() => ['g0']);
      },
      close: async () => {},
    },
    {
      async publish(parcels) {
        published.push(...parcels.map(({ payload }) => payload));
        return 0;
      },
      subscribe: async () => {},
      close: async () => {},
    },
  );
  return { loop, published, answer };
}

test.each([
  ['frames', 'x', UNSTORED_LIMIT.frames],
  ['bytes', 'ü'.repeat(32 * 1024), Math.ceil(UNSTORED_LIMIT.bytes / (64 * 1024))],
])(
  'what waits for a Redis that stands still is bounded in %s; the rest is dropped and counted',
  async (_, frame, most) => {
    const { loop, published, answer } = openLoop();
    loop.add('@e', frame, '');
    // The first look-up is under way: what it carries counts too.
    await new Promise((resolve) => setImmediate(resolve));
    for (let n = 1; n < most + 7; n++) loop.add('@e', frame, '');
    expect(loop.counters).toEqual({ notified: 0, notificationsDropped: 7 });
    answer();
    await expect.poll(() => loop.counters.notified).toBe(most);
    expect(published).toHaveLength(2);
    loop.add('@e', frame, '');
    await expect.poll(() => loop.counters).toEqual({ notified: most + 1, notificationsDropped: 7 });
  },
);
