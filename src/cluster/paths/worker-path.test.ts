import { expect, test } from 'vitest';
import { Inbox } from '../../testing/inbox.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { EVERYONE, groupChannel, userChannel } from '../ports/channels.ts';
import { createWorkerPath } from './worker-path.ts';

const [routing, bus] = [createMemoryRouting(), createMemoryBus()];

const noop = () => {};

async function openPath(id: string, over = { routing, bus }) {
  const path = createWorkerPath({ id, partitions: 1 }, { publisher: new MemoryQueue(1).openPublisher(), ...over });
  const frames = new Inbox<string>();
  await path.open((channel, exceptConnection, frame) => frames.push(`${channel} ${exceptConnection} ${frame}`), noop);
  return { path, frames };
}

test('a notification reaches each gateway that joined the channel, in order, and no other', async () => {
  const [near, far] = [await openPath('g0'), await openPath('g1')];
  await Promise.all([near.path.join(EVERYONE), near.path.join(userChannel('ann'))]);
  await Promise.all([far.path.join(EVERYONE), far.path.join(groupChannel('staff'))]);
  far.path.notify(userChannel('ann'), '{"n":1}', '');
  far.path.notify(groupChannel('staff'), '{"n":2}', 'g1.x.0');
  far.path.notify(EVERYONE, '{"n":3}', '');
  expect(await near.frames.atLeast(2)).toEqual(['@u:ann  {"n":1}', '@all  {"n":3}']);
  expect(await far.frames.atLeast(2)).toEqual(['@g:staff g1.x.0 {"n":2}', '@all  {"n":3}']);
  await near.path.leave(EVERYONE);
  far.path.notify(EVERYONE, '{"n":4}', '');
  far.path.notify(userChannel('ann'), '{"n":5}', '');
  expect(await near.frames.atLeast(3)).toHaveLength(3);
  expect(near.frames.items[2]).toBe('@u:ann  {"n":5}');
});

test('notifications that meet a broken link are dropped and counted, and later ones pass', async () => {
  let broken = true;
  const { path, frames } = await openPath('g2', {
    bus,
    routing: {
      ...routing,
      gatewaysOf: async (channels) => {
        if (broken) throw new Error('connection reset');
        return routing.gatewaysOf(channels);
      },
    },
  });
  await path.join('r');
  path.notify('r', '{"n":1}', '');
  await expect.poll(() => path.gauges()).toMatchObject({ notified: 0, notificationsDropped: 1 });
  broken = false;
  path.notify('r', '{"n":2}', '');
  expect(await frames.atLeast(1)).toEqual(['r  {"n":2}']);
});
