import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueueType, Topology } from '../choices.ts';
import { launchTarget } from '../launch/launch-target.ts';
import type { RunningTarget } from '../launch/running-target.ts';
import { killSubscribers, terminateBackends } from '../testing/broker-harm.ts';
import { expectMostlyLive, expectWhole } from '../testing/expect-whole.ts';
import { readBrokerUrls } from '../testing/inside-target.ts';
import { becomeReady } from '../testing/node-figures.ts';
import { type Flow, runThrough } from '../testing/run-through.ts';
import { openPostgresStore } from './adapters/postgres/postgres-store.ts';
import type { MessageStore } from './ports/message-store.ts';

/** What survival.integration.test.ts asks of `worker` with classic queues is asked of the others here, briefly. */
describe.each<[Topology, QueueType]>([
  ['stomp', 'classic'],
  ['fanout', 'classic'],
  ['worker', 'quorum'],
])('%s with %s queues', (topology, queueType) => {
  const { target, flow } = launchOnce(topology, queueType);

  test('loses nothing that was acknowledged when RabbitMQ is killed and started again', async () => {
    const { faults, gatewayStats, queue } = target();
    const workerStats = queue?.kind === 'amqp' ? queue.workerStats : [];
    const ledger = await runThrough(flow('broker', 2_500), async ({ moreAcked, moreDelivered }) => {
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

describe.each<[Topology]>([['pubsub'], ['pattern']])('%s', (topology) => {
  const { urls, flow } = launchOnce(topology);

  test('finds what it loses while subscribers are killed by asking for it', async () => {
    const killed: number[] = [];
    const ledger = await runThrough(flow('pubsub', 2_000), async ({ moreAcked, moreDelivered }) => {
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
    const ledger = await runThrough(flow('terminate', 2_000), async ({ moreAcked }) => {
      for (let n = 1; n <= 3; n++) {
        await moreAcked(400);
        await terminateBackends(urls().postgresUrl);
      }
    });
    expectWhole(ledger);
    expectMostlyLive(ledger);
  });
});

/** One launch for all tests of a block. */
function launchOnce(topology: Topology, queueType: QueueType = 'classic') {
  let running: RunningTarget;
  let store: MessageStore;
  let urls: ReturnType<typeof readBrokerUrls>;

  beforeAll(async () => {
    running = await launchTarget({ kind: 'local', topology, queueType, gateways: 2, workers: 2 }, { attach: false });
    urls = readBrokerUrls();
    store = await openPostgresStore(urls.postgresUrl);
  });

  afterAll(async () => {
    await store?.close();
    await running?.stop();
  });

  return {
    target: () => running,
    urls: () => urls,
    flow: (prefix: string, messages: number): Flow => ({
      ...{ endpoints: running.endpoints, store, rooms: 8, messages, ratePerSecond: 400, prefix },
    }),
  };
}
