import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forkGateway, forkWorker } from '../../testing/chat-processes.ts';
import { type Services, startServices } from '../../testing/services.ts';
import { connectRedis, endRedis } from '../adapters/redis/redis-link.ts';
import { gatewayConfig } from '../gateway/gateway-config.ts';
import { workerConfig } from '../worker/worker-config.ts';
import { rehearseGateway } from './rehearse-gateway.ts';
import { rehearseWorker } from './rehearse-worker.ts';

/** As long as a busy machine may take for some rounds. */
const LIMIT_MS = 15_000;
const PARTITIONS = 4;

let services: Services;

beforeAll(async () => {
  services = await startServices();
});

afterAll(() => services?.stop());

function configure(id: string, topology: 'worker' | 'pubsub' | 'pattern' | 'fanout') {
  const { amqpUrl, redisUrl, postgresUrl } = services;
  const address = { host: '127.0.0.1', port: 0 } as const;
  return { id, topology, ...address, amqpUrl, redisUrl, postgresUrl, partitions: PARTITIONS, rehearsalMs: LIMIT_MS };
}

type Figures = Readonly<Record<string, number>>;

async function readFigures(url: string): Promise<Figures> {
  return (await (await fetch(url)).json()) as Figures;
}

test.each(['worker', 'pubsub', 'pattern', 'fanout'] as const)('a gateway of %s pushes messages', async (topology) => {
  expect(await rehearseGateway(gatewayConfig.parse(configure('g', topology)))).toBeGreaterThan(0);
  await expectNoTrace();
});

test.each(['worker', 'fanout'] as const)('a worker of %s works messages off', async (topology) => {
  expect(await rehearseWorker(workerConfig.parse(configure('w', topology)))).toBeGreaterThan(0);
  await expectNoTrace();
});

test.each(['worker', 'pattern'] as const)(
  'who rehearses shows in no figures of %s, its own or others’',
  async (topology) => {
    const others = [await forkGateway({ ...configure('g0', topology), rehearsalMs: 0 })];
    const config = configure('g1', topology);
    const started = [
      await forkGateway(config),
      ...(topology === 'worker' ? [await forkWorker(configure('w1', topology))] : []),
    ];
    for (const { ready } of [...others, ...started]) {
      const { registered: _, partitions: __, shareUnits: ___, ...figures } = await readFigures(ready.stats);
      expect(Object.entries(figures).filter(([, value]) => value !== 0)).toEqual([]);
    }
    await Promise.all([...others, ...started].map((process) => process.stop()));
    await expectNoTrace();
  },
);

test('where there is nothing to rehearse with it is no failure, and 0 is not at all', async () => {
  const nowhere = { redisUrl: 'redis://127.0.0.1:1', postgresUrl: 'postgres://127.0.0.1:1/x' };
  expect(await rehearseGateway(gatewayConfig.parse({ ...configure('g', 'worker'), ...nowhere }))).toBe(0);
  expect(await rehearseWorker(workerConfig.parse({ ...configure('w', 'worker'), ...nowhere }))).toBe(0);
  expect(await rehearseGateway(gatewayConfig.parse({ ...configure('g', 'pubsub'), rehearsalMs: 0 }))).toBe(0);
});

/** Nothing is stored, waits, or is remembered. */
async function expectNoTrace(): Promise<void> {
  const redis = await connectRedis(services.redisUrl, raise);
  expect(await redis.keys('*rehearsal*')).toEqual([]);
  expect(await redis.call('PUBSUB', 'CHANNELS', '*rehearsal*')).toEqual([]);
  await endRedis(redis);
  const database = new pg.Client({ connectionString: services.postgresUrl });
  await database.connect();
  const { rows } = await database.query<{ schemaname: string }>(
    `SELECT schemaname, relname, n_live_tup::int AS rows FROM pg_stat_user_tables WHERE n_live_tup > 0`,
  );
  expect(rows.filter(({ schemaname }) => schemaname === 'public')).toEqual([]);
  await expect
    .poll(async () => (await database.query(`SELECT 1 FROM pg_class WHERE relpersistence = 't'`)).rows)
    .toEqual([]);
  await database.end();
}

function raise(reason: unknown): never {
  throw reason;
}
