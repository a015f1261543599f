import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresStore } from '../../cluster/adapters/postgres/postgres-store.ts';
import { CONFIRM_AFTER_MS } from '../../cluster/gateway/features/room-follower.ts';
import type { MessageStore } from '../../cluster/ports/message-store.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { killSubscribers, terminateBackends } from '../broker-harm.ts';
import { ChatClient } from '../chat-client.ts';
import { expectMostlyLive, expectWhole } from '../expect-whole.ts';
import { readBrokerUrls } from '../inside-target.ts';
import { becomeReady } from '../node-figures.ts';
import { type Flow, runThrough } from '../run-through.ts';

/** What survival.integration.test.ts asks of `worker` with classic queues is asked of others here, briefly. */
export function describeSurvivalOfQueue(name: string, target: () => RunningTarget): void {
  describe(`${name}, when its queue is harmed`, () => {
    const { flow } = openAudit(target);

    test('loses nothing that was acknowledged when RabbitMQ is killed and started again', async () => {
      const { faults, gatewayStats, queue } = target();
      const workerStats = queue?.kind === 'amqp' ? queue.workerStats : [];
      const ledger = await runThrough(flow('harm-broker', 2_500), async ({ moreAcked, moreDelivered }) => {
        await moreAcked(500);
        await faults?.kill('rabbitmq');
        await becomeReady([...gatewayStats, ...workerStats]);
        // More than could have been on their way.
        await moreAcked(500);
        await moreDelivered(500);
      });
      expectWhole(ledger);
    });
  });
}

/** The same of topologies without a queue. */
export function describeSurvivalOfPubsub(name: string, target: () => RunningTarget): void {
  describe(`${name}, when its connections are harmed`, () => {
    const { urls, flow } = openAudit(target);

    test('finds what it loses while subscribers are killed by asking for it', async () => {
      const killed: number[] = [];
      const ledger = await runThrough(flow('harm-pubsub', 2_000), async ({ moreAcked, moreDelivered }) => {
        for (let n = 1; n <= 2; n++) {
          await moreAcked(400);
          // Each gateway has one for messages, and may have others.
          killed.push(await killSubscribers(urls().redisUrl, 2));
          // They are back: so many were not on their way.
          await moreDelivered(300);
        }
      });
      expect(killed.filter((count) => count >= 2)).toHaveLength(2);
      expectWhole(ledger);
      expect(ledger.filled).toBeGreaterThan(0);
      expectMostlyLive(ledger);
    });

    test('keeps exactly one row for each acknowledged message when database connections are terminated', async () => {
      const ledger = await runThrough(flow('harm-terminate', 2_000), async ({ moreAcked }) => {
        for (let n = 1; n <= 3; n++) {
          await moreAcked(400);
          await terminateBackends(urls().postgresUrl);
        }
      });
      expectWhole(ledger);
      expectMostlyLive(ledger);
    });
  });
}

const BREAKS = 4;
const AFTER_EACH = 3;

/** @param link what of it is broken, as `disconnect` takes it */
export function describeCatchUp(name: string, link: string, target: () => RunningTarget): void {
  test(`${name}: who follows a room has all of it after broken links, though nothing more is said there`, async () => {
    const [near = '', far = ''] = target().endpoints;
    const follower = await ChatClient.connect(near, 'follower');
    follower.ask({ t: 'sync', room: 'quiet' });
    await follower.told('synced');
    // A follower reads once more after its first reading, which would find all that this test does.
    await sleep(2 * CONFIRM_AFTER_MS);
    const sender = await ChatClient.connect(far, 'sender');
    await sender.join('quiet');
    for (let n = 0; n < BREAKS; n++) {
      await target().faults?.disconnect(link);
      // At once: into the time in which the follower's gateway hears nothing.
      for (let m = 0; m < AFTER_EACH; m++) sender.send(`m${n}-${m}`, 'quiet');
      await sender.acks.atLeast((n + 1) * AFTER_EACH);
    }
    const expected = Array.from({ length: BREAKS * AFTER_EACH }, (_, n) => n + 1);
    await expect.poll(() => follower.messages.items.map(({ seq }) => seq)).toEqual(expected);
    await Promise.all([follower.close(), sender.close()]);
  });
}

/** The store of the target that is up, for the audit of flows through it. */
function openAudit(target: () => RunningTarget) {
  let store: MessageStore;
  let urls: ReturnType<typeof readBrokerUrls>;

  beforeAll(async () => {
    urls = readBrokerUrls();
    store = await openPostgresStore(urls.postgresUrl);
  });
  afterAll(() => store?.close());

  return {
    urls: () => urls,
    flow: (prefix: string, messages: number): Flow => ({
      ...{ endpoints: target().endpoints, store, rooms: 8, messages, ratePerSecond: 400, prefix },
    }),
  };
}
