import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatClient } from '../testing/chat-client.ts';
import { rabbitmqctl, readBrokerUrls } from '../testing/inside-target.ts';
import { isLoopback, listListeners } from '../testing/listeners.ts';
import { type Flow, type FlowLedger, runThrough } from '../testing/run-through.ts';
import { openPostgresStore } from './adapters/postgres-store.ts';
import { launchTarget } from './launch/launch-target.ts';
import { listDescendants } from './launch/process-identity.ts';
import type { MessageStore } from './ports/message-store.ts';
import type { RunningTarget, TargetFaults } from './running-target.ts';
import { PREFETCH_ENTRIES } from './worker/batch-loop.ts';

let target: RunningTarget;
let faults: TargetFaults;
let store: MessageStore;
let urls: ReturnType<typeof readBrokerUrls>;

beforeAll(async () => {
  target = await launchTarget({ kind: 'local', topology: 'worker', gateways: 2, workers: 2 }, { attach: false });
  if (target.faults === null) throw new Error('expected a target that can be harmed');
  faults = target.faults;
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

/** Nothing that was acknowledged is lost or stored twice, and every recipient has all of it, or finds it in the history. */
function expectWhole(ledger: FlowLedger, expected: Partial<FlowLedger> = {}): void {
  const { sent } = ledger;
  expect(ledger).toMatchObject({ acked: sent, rows: sent, distinctRows: sent, lost: 0, missing: 0, ...expected });
}

async function readGauges(addresses: readonly string[]): Promise<Record<string, number>[]> {
  const answers = addresses.map((address) =>
    fetch(address)
      .then((response) => response.json() as Promise<Record<string, number>>)
      .catch(() => ({})),
  );
  return Promise.all(answers);
}

const linesIn = (text: unknown) => String(text).trim().split('\n').length;

const total = (gauges: readonly Record<string, number>[], name: string) =>
  gauges.reduce((sum, gauge) => sum + (gauge[name] ?? 0), 0);

test('ten killed workers lose, repeat and reorder nothing, and what is delivered again is bounded by the prefetch', async () => {
  const kills = 10;
  const { workerStats } = target.queue?.kind === 'amqp' ? target.queue : { workerStats: [] };
  let redelivered = 0;
  const ledger = await runThrough(flow('kill', 20_000, 2_000), async ({ moreDelivered }) => {
    for (let kill = 1; kill <= kills; kill++) {
      // Each in the middle of its work: it has passed on what came since the last one died, and goes on.
      await moreDelivered(1_500);
      const worker = `worker-${1 + (kill % 2)}`;
      // What a worker counted dies with it.
      redelivered += (await readGauges([workerStats[kill % 2] ?? '']))[0]?.redeliveredEntries ?? 0;
      await faults.kill(worker);
    }
  });
  expectWhole(ledger, { reordered: 0 });
  redelivered += total(await readGauges(workerStats), 'redeliveredEntries');
  expect(redelivered).toBeGreaterThan(0);
  // Of each partition that it served, a worker holds the prefetch at most; there are two.
  expect(redelivered).toBeLessThanOrEqual(2 * PREFETCH_ENTRIES * kills);
});

test('a broker that is killed and started again loses nothing that was acknowledged', async () => {
  const ledger = await runThrough(flow('broker', 5_000, 800), async ({ moreAcked }) => {
    await moreAcked(1_000);
    await faults.kill('rabbitmq');
    await Promise.all(target.gatewayStats.map(becomesReady));
  });
  expectWhole(ledger);
});

test('connections that the broker closes are back, and lose nothing', async () => {
  const ledger = await runThrough(flow('close', 8_000, 1_000), async ({ moreAcked }) => {
    for (let n = 1; n <= 5; n++) {
      await moreAcked(1_000);
      await faults.disconnect('amqp');
      await Promise.all(target.gatewayStats.map(becomesReady));
      // More than could have been on their way.
      await moreAcked(200);
    }
  });
  expectWhole(ledger);
});

test('what Redis pub/sub loses while subscribers are killed is found in the history', async () => {
  const redis = new Redis(urls.redisUrl);
  const killed: number[] = [];
  try {
    const ledger = await runThrough(flow('pubsub', 4_000, 1_000), async ({ moreAcked }) => {
      for (let n = 1; n <= 3; n++) {
        await moreAcked(1_000);
        // Each gateway has one for messages, and may have others.
        await expect.poll(() => redis.client('LIST', 'TYPE', 'PUBSUB').then(linesIn)).toBeGreaterThanOrEqual(2);
        killed.push(Number(await redis.client('KILL', 'TYPE', 'PUBSUB')));
      }
    });
    expect(killed.filter((count) => count >= 2)).toHaveLength(3);
    expectWhole(ledger);
    expect(ledger.filled).toBeGreaterThan(0);
  } finally {
    redis.disconnect();
  }
});

test('database connections that are terminated leave exactly one row for each acknowledged message', async () => {
  const pool = new pg.Pool({ connectionString: urls.postgresUrl, max: 1 });
  const terminate = async (): Promise<number> => {
    const { rowCount } = await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return rowCount ?? 0;
  };
  try {
    const ledger = await runThrough(flow('terminate', 6_000, 1_000), async ({ moreAcked }) => {
      for (let n = 1; n <= 10; n++) {
        await moreAcked(500);
        // Those that the last blow has hit may still be on their way back.
        await expect.poll(terminate).toBeGreaterThan(0);
      }
    });
    expectWhole(ledger, { reordered: 0 });
  } finally {
    await pool.end();
  }
});

test('a broker that runs out of disk holds senders back, says so, and loses nothing', async () => {
  const seen = { blocked: 0, ackedWhileBlocked: 0, ready: 0 };
  const ledger = await runThrough(flow('disk', 6_000, 400), async ({ acked, moreAcked }) => {
    await moreAcked(500);
    await rabbitmqctl('set_disk_free_limit', '1000GB');
    try {
      await expect
        .poll(async () => total(await readGauges(target.gatewayStats), 'blocked'), { timeout: 30_000 })
        .toBe(2);
      seen.blocked = 2;
      const before = acked();
      await sleep(12_000);
      seen.ackedWhileBlocked = acked() - before;
      expect(total(await readGauges(target.gatewayStats), 'outbox')).toBeGreaterThan(0);
    } finally {
      await rabbitmqctl('set_disk_free_limit', '1MB');
    }
    await Promise.all(target.gatewayStats.map(becomesReady));
    expect(total(await readGauges(target.gatewayStats), 'blocked')).toBe(0);
  });
  expectWhole(ledger);
  expect(seen).toMatchObject({ blocked: 2, ackedWhileBlocked: 0 });
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

/** Settles when a node says that its brokers answer. */
async function becomesReady(stats: string): Promise<void> {
  const health = stats.replace('/stats', '/health');
  while (
    !(await fetch(health).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await sleep(20);
  }
}
