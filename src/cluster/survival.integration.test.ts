import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { median } from '../gate/statistics/median.ts';
import { launchTarget } from '../launch/launch-target.ts';
import type { RunningTarget } from '../launch/running-target.ts';
import { listDescendants } from '../launch/supervision/process-identity.ts';
import type { TargetFaults } from '../target-faults.ts';
import { killSubscribers, terminateBackends, witnessClosing } from '../testing/broker-harm.ts';
import { ChatClient } from '../testing/chat-client.ts';
import { expectMostlyLive, expectWhole } from '../testing/expect-whole.ts';
import { type Alarm, raiseAlarm, readBrokerUrls } from '../testing/inside-target.ts';
import { isLoopback, listListeners } from '../testing/listeners.ts';
import { becomeReady, sumFigure } from '../testing/node-figures.ts';
import { type Flow, runThrough } from '../testing/run-through.ts';
import { openPostgresStore } from './adapters/postgres/postgres-store.ts';
import type { MessageStore } from './ports/message-store.ts';
import { PARTITIONS } from './ports/partitions.ts';
import { PREFETCH_ENTRIES } from './worker/batch-loop.ts';

const BACK_WITHIN_MS = 2_000;

let target: RunningTarget;
let faults: TargetFaults;
let store: MessageStore;
let urls: ReturnType<typeof readBrokerUrls>;
let amqpUrl: string;
let workerStats: readonly string[];

beforeAll(async () => {
  target = await launchTarget({ kind: 'local', topology: 'worker', gateways: 2, workers: 2 }, { attach: false });
  if (target.faults === null || target.queue?.kind !== 'amqp') throw new Error('expected a target that can be harmed');
  faults = target.faults;
  ({ workerStats, url: amqpUrl } = target.queue);
  urls = readBrokerUrls();
  store = await openPostgresStore(urls.postgresUrl);
});

afterAll(async () => {
  await store?.close();
  await target?.stop();
});

function flow(prefix: string, messages: number, ratePerSecond: number): Flow {
  return { endpoints: target.endpoints, store, rooms: 8, messages, ratePerSecond, prefix };
}

test('ten killed workers lose, repeat and reorder nothing, and what is delivered again is bounded by the prefetch', async () => {
  const kills = 10;
  let redelivered = 0;
  const ledger = await runThrough(flow('kill', 20_000, 2_000), async ({ moreDelivered }) => {
    for (let kill = 1; kill <= kills; kill++) {
      // Each in the middle of its work: it has passed on what came since the last one died, and goes on.
      await moreDelivered(1_500);
      const worker = `worker-${1 + (kill % 2)}`;
      // What a worker counted dies with it.
      redelivered += await sumFigure([workerStats[kill % 2] ?? ''], 'redeliveredEntries');
      await faults.kill(worker);
    }
  });
  expectWhole(ledger, { reordered: 0 });
  redelivered += await sumFigure(workerStats, 'redeliveredEntries');
  expect(redelivered).toBeGreaterThan(0);
  // In entries of the queue, each of one to 50 messages: a killed worker held the prefetch of each partition that it served
  // at most, and the one that outlives another serves all of them.
  expect(redelivered).toBeLessThanOrEqual(PARTITIONS * PREFETCH_ENTRIES * kills);
});

test('a worker that is killed and back, and then one that is restarted, have their share of the load again', async () => {
  const processed = () => Promise.all(workerStats.map((stats) => sumFigure([stats], 'processed')));
  let shares: readonly number[] = [];
  const load = { ...flow('share', 12_000, 1_000), rooms: 64 };
  const ledger = await runThrough(load, async ({ moreDelivered, acked }) => {
    await moreDelivered(500);
    await faults.kill('worker-1');
    await becomeReady(workerStats);
    await moreDelivered(1_000);
    await faults.restart('worker-2');
    await becomeReady(workerStats);
    await expect.poll(async () => Promise.all(workerStats.map((at) => sumFigure([at], 'partitions')))).toEqual([8, 8]);
    const [before, ackedBefore] = [await processed(), acked()];
    await moreDelivered(4_000);
    const after = await processed();
    expect(acked()).toBeGreaterThan(ackedBefore);
    shares = after.map((count, i) => count - before[i]!);
  });
  expectWhole(ledger, { reordered: 0 });
  const [first = 0, second = 0] = shares;
  expect(first / (first + second)).toBeGreaterThan(0.4);
  expect(first / (first + second)).toBeLessThan(0.6);
});

test('a broker that is killed and started again loses nothing that was acknowledged', async () => {
  const ledger = await runThrough(flow('broker', 5_000, 800), async ({ moreAcked }) => {
    await moreAcked(1_000);
    await faults.kill('rabbitmq');
    await becomeReady(target.gatewayStats);
  });
  expectWhole(ledger);
});

test('connections that the broker closes are back at once, and lose nothing', async () => {
  const recoveryMs: number[] = [];
  const ledger = await runThrough(flow('close', 8_000, 1_000), async ({ moreAcked }) => {
    for (let n = 1; n <= 5; n++) {
      await moreAcked(1_000);
      // What closes them is a process that takes its time to start.
      const { closedAt } = await witnessClosing(amqpUrl);
      await faults.disconnect('amqp');
      await becomeReady([...target.gatewayStats, ...workerStats]);
      recoveryMs.push(performance.now() - (await closedAt));
      // More than could have been on their way.
      await moreAcked(200);
    }
  });
  expectWhole(ledger);
  expect(recoveryMs).toHaveLength(5);
  // A machine that stands still for others now and then cannot fail it.
  expect(median(recoveryMs)).toBeLessThan(BACK_WITHIN_MS);
});

test('what Redis pub/sub loses while subscribers are killed is found by asking for it', async () => {
  const killed: number[] = [];
  const ledger = await runThrough(flow('pubsub', 4_000, 1_000), async ({ moreAcked, moreDelivered }) => {
    for (let n = 1; n <= 3; n++) {
      await moreAcked(500);
      // Each gateway has one for messages, and may have others.
      killed.push(await killSubscribers(urls.redisUrl, 2));
      // They are back: so many were not on their way.
      await moreDelivered(500);
    }
  });
  expect(killed.filter((count) => count >= 2)).toHaveLength(3);
  expectWhole(ledger);
  expect(ledger.filled).toBeGreaterThan(0);
  expectMostlyLive(ledger);
});

test('database connections that are terminated leave exactly one row for each acknowledged message', async () => {
  const ledger = await runThrough(flow('terminate', 6_000, 1_000), async ({ moreAcked }) => {
    for (let n = 1; n <= 10; n++) {
      await moreAcked(500);
      await terminateBackends(urls.postgresUrl);
    }
  });
  expectWhole(ledger, { reordered: 0 });
});

test.each<[Alarm, number]>([
  ['disk', 12_000],
  ['memory', 3_000],
])('a broker that runs out of %s for %i ms holds senders back, says so, and loses nothing', async (alarm, lastsMs) => {
  let ackedMeanwhile = Number.NaN;
  const ledger = await runThrough(flow(alarm, 6_000, 400), async ({ acked, moreAcked }) => {
    await moreAcked(500);
    const lift = await raiseAlarm(alarm);
    try {
      await expect.poll(() => sumFigure(target.gatewayStats, 'blocked'), { timeout: 30_000 }).toBe(2);
      const before = acked();
      await sleep(lastsMs);
      ackedMeanwhile = acked() - before;
      expect(await sumFigure(target.gatewayStats, 'outbox')).toBeGreaterThan(0);
    } finally {
      await lift();
    }
    await expect.poll(() => sumFigure(target.gatewayStats, 'blocked'), { timeout: 30_000 }).toBe(0);
    await becomeReady(target.gatewayStats);
  });
  expectWhole(ledger);
  expect(ackedMeanwhile).toBe(0);
});

test('a gateway that stands still for five seconds loses nothing', async () => {
  const ledger = await runThrough(flow('still', 5_000, 600), async ({ moreAcked }) => {
    await moreAcked(500);
    await faults.pause('gateway-1');
    await sleep(5_000);
    await faults.resume('gateway-1');
  });
  expectWhole(ledger);
});

test('a killed gateway comes back at its address, and its clients with it', async () => {
  const processOf = () => target.processes.find(({ name }) => name === 'gateway-1')!.pid;
  const before = processOf();
  const ledger = await runThrough(flow('gateway', 4_000, 800), async ({ moreAcked }) => {
    await moreAcked(500);
    await faults.kill('gateway-1');
  });
  await expect.poll(processOf).not.toBe(before);
  expectWhole(ledger);
  expect(ledger.reconnects).toBeGreaterThanOrEqual(8);
});

test('after all of that nothing listens beyond loopback, and a component that is none is named', async () => {
  const pids = listDescendants(process.pid).map(({ pid }) => pid);
  const listeners = listListeners(pids);
  // Redis, AMQP, Erlang's distribution, its port mapper, Postgres, two gateways, two workers.
  expect(listeners.length).toBeGreaterThanOrEqual(9);
  expect(listeners.filter((address) => !isLoopback(address))).toEqual([]);
  await expect(faults.kill('mysql')).rejects.toThrow(
    'kill mysql: no component "mysql", expected one of epmd, gateway-1, gateway-2, postgres, rabbitmq, redis, worker-1, worker-2',
  );
  const client = await ChatClient.connect(target.endpoints[0] ?? '', 'last');
  await client.join('last');
  await client.close();
});
