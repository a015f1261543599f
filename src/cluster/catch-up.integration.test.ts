import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { launchTarget } from '../launch/launch-target.ts';
import type { RunningTarget } from '../launch/running-target.ts';
import { ChatClient } from '../testing/chat-client.ts';
import { CONFIRM_AFTER_MS } from './gateway/features/room-follower.ts';

let target: RunningTarget | undefined;

afterEach(() => target?.stop());

const BREAKS = 4;
const AFTER_EACH = 3;

test.each([
  ['worker', 'redis-pubsub'],
  ['pubsub', 'redis-pubsub'],
  ['pattern', 'redis-pubsub'],
  ['fanout', 'amqp'],
] as const)(
  '%s: who follows a room has all of it after broken links, though nothing more is said there',
  async (topology, link) => {
    target = await launchTarget({ kind: 'local', topology, gateways: 2, workers: 1 }, { attach: false });
    const [near = '', far = ''] = target.endpoints;
    const follower = await ChatClient.connect(near, 'follower');
    follower.ask({ t: 'sync', room: 'quiet' });
    await follower.told('synced');
    // A follower reads once more after its first reading, which would find all that this test does.
    await sleep(2 * CONFIRM_AFTER_MS);
    const sender = await ChatClient.connect(far, 'sender');
    await sender.join('quiet');
    for (let n = 0; n < BREAKS; n++) {
      await target.faults?.disconnect(link);
      // At once: into the time in which the follower's gateway hears nothing.
      for (let m = 0; m < AFTER_EACH; m++) sender.send(`m${n}-${m}`, 'quiet');
      await sender.acks.atLeast((n + 1) * AFTER_EACH);
    }
    const expected = Array.from({ length: BREAKS * AFTER_EACH }, (_, n) => n + 1);
    await expect.poll(() => follower.messages.items.map(({ seq }) => seq)).toEqual(expected);
    await Promise.all([follower.close(), sender.close()]);
  },
);
