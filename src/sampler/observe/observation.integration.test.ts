import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeObservation, type ObservedSubject } from '../../testing/contracts/observation-contract.ts';
import { type LoneNats, startLoneNats } from '../../testing/lone-nats.ts';
import { type Services, startServices } from '../../testing/services.ts';
import { openTcpGate, type TcpGate } from '../../testing/tcp-gate.ts';
import { FirstReading } from './first-reading.ts';
import type { Observation } from './observation.ts';
import { observeAmqp } from './sources/amqp.ts';
import { observeClusterQueue } from './sources/cluster-queue.ts';
import { observeGateway } from './sources/gateway.ts';
import { observeHttpJson } from './sources/http-json.ts';
import { observeNats } from './sources/nats.ts';
import { observePostgres } from './sources/postgres.ts';
import { observeProcess } from './sources/process.ts';
import { observePrometheus } from './sources/prometheus.ts';
import { observeRedis } from './sources/redis.ts';

let services: Services;
let redis: Redis;
let postgres: pg.Client;
let amqp: ChannelModel;
let nats: LoneNats;
let web: Server;
let shown = 0;
const gates = new Map<string, TcpGate>();
const directory = mkdtempSync(join(tmpdir(), 'chatbench-observe-'));

beforeAll(async () => {
  [services, nats] = await Promise.all([startServices({ management: true }), startLoneNats()]);
  redis = new Redis(services.redisUrl);
  postgres = new pg.Client({ connectionString: services.postgresUrl });
  await postgres.connect();
  await postgres.query('create table jobs (id int)');
  amqp = await connect(services.amqpUrl);
  const channel = await amqp.createChannel();
  await channel.assertQueue('jobs', { durable: false });
  await channel.assertQueue('more', { durable: false });
  web = createServer((request, response) => response.end(answer(request.url ?? ''))).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const httpPort = (web.address() as AddressInfo).port;
  const ports = {
    redis: portOf(services.redisUrl),
    postgres: portOf(services.postgresUrl),
    amqp: portOf(services.amqpUrl),
    nats: nats.monitorPort,
  };
  for (const [name, port] of Object.entries({ ...ports, http: httpPort })) gates.set(name, await openTcpGate(port));
});

afterAll(async () => {
  redis.disconnect();
  await postgres.end();
  await amqp.close();
  for (const gate of gates.values()) await gate.shut();
  web.closeAllConnections();
  web.close();
  await Promise.all([services.stop(), nats.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

/** What an exporter and a service of one's own answer, in the forms that each has. */
function answer(path: string): string {
  if (path.startsWith('/metrics')) {
    return `# HELP conns now\n# TYPE conns gauge\nconns_other 9\nconns{job="ws",pod="a"} ${shown}\nconns{job="http"} 40 1700000000000\n`;
  }
  // A gateway's, a worker's and the embedded queue's: two messages an entry.
  if (path.startsWith('/gauges')) {
    return JSON.stringify({
      ...{ entries: Math.ceil(shown / 2), published: shown, ready: shown, inFlight: shown },
      ...{ connections: shown, blocked: shown },
    });
  }
  return JSON.stringify({ pools: [{ depth: String(shown) }] });
}

async function fillQueues(entries: number): Promise<void> {
  const channel = await amqp.createConfirmChannel();
  await channel.purgeQueue('jobs');
  await channel.purgeQueue('more');
  for (let i = 0; i < entries; i++) channel.sendToQueue(i % 2 === 0 ? 'jobs' : 'more', Buffer.from('x'));
  await channel.waitForConfirms();
  await channel.close();
}

function behind(
  name: string,
  open: (port: number) => readonly Observation[],
  set: ObservedSubject['set'],
): ObservedSubject {
  const gate = gates.get(name)!;
  return {
    open: () => open(gate.port)[0]!,
    set,
    takeAway: () => gate.shut(),
    giveBack: () => gate.open(),
    hang: () => gate.hang(),
    countOpen: () => gate.countOpen(),
  };
}

const redisAccess = (port: number) => ({ kind: 'redis' as const, url: `redis://127.0.0.1:${port}`, group: null });
const http = (path: string) => (port: number) => `http://127.0.0.1:${port}${path}`;
const show = async (value: number) => {
  shown = value;
};

describeObservation('the length of a list', () =>
  behind(
    'redis',
    (port) => observeRedis('lag', { ...redisAccess(port), what: 'length', key: 'list' }),
    async (value) => {
      await redis.del('list');
      for (let i = 0; i < value; i++) await redis.lpush('list', i);
    },
  ),
);

describeObservation('the length of a stream', () =>
  behind(
    'redis',
    (port) => observeRedis('lag', { ...redisAccess(port), what: 'length', key: 'stream' }),
    async (value) => {
      await redis.del('stream');
      for (let i = 0; i < value; i++) await redis.xadd('stream', '*', 'n', i);
    },
  ),
);

describeObservation('what a group of a stream has not acknowledged', () =>
  behind(
    'redis',
    (port) => observeRedis('lag', { ...redisAccess(port), what: 'pending', key: 'groups', group: 'workers' }),
    async (value) => {
      await redis.del('groups');
      await redis.xgroup('CREATE', 'groups', 'workers', '$', 'MKSTREAM');
      for (let i = 0; i < value; i++) await redis.xadd('groups', '*', 'n', i);
      if (value > 0) await redis.xreadgroup('GROUP', 'workers', 'one', 'COUNT', value, 'STREAMS', 'groups', '>');
    },
  ),
);

describeObservation('a field of INFO', () =>
  behind(
    'redis',
    (port) => {
      const [observation] = observeRedis('clients', { ...redisAccess(port), what: 'info', key: 'maxclients' });
      return [{ ...observation!, read: async () => (await observation!.read()) - 500 }];
    },
    async (value) => redis.config('SET', 'maxclients', 500 + value),
  ),
);

describeObservation('what a query counts', () =>
  behind(
    'postgres',
    (port) =>
      observePostgres('rows', {
        kind: 'postgres',
        url: `postgres://postgres@127.0.0.1:${port}/postgres`,
        query: 'select count(*) from jobs',
      }),
    async (value) => {
      await postgres.query('truncate jobs');
      await postgres.query(`insert into jobs select generate_series(1, ${value})`);
    },
  ),
);

describeObservation('what waits in queues', () =>
  behind(
    'amqp',
    (port) =>
      observeAmqp('queue', {
        kind: 'amqp',
        url: `amqp://guest:guest@127.0.0.1:${port}`,
        queues: ['jobs', 'more'],
        management: null,
        prometheus: null,
      }),
    fillQueues,
  ),
);

describeObservation("the messages in the bundled cluster's queue, whose entries hold several", () =>
  behind(
    'amqp',
    (port) =>
      observeClusterQueue(
        { kind: 'amqp', url: `amqp://guest:guest@127.0.0.1:${port}`, queues: ['jobs', 'more'], workerStats: [] },
        [http('/gauges')(gates.get('http')!.port)],
      ),
    async (value) => {
      await show(value);
      await fillQueues(Math.ceil(value / 2));
    },
  ),
);

describeObservation("what is at the bundled cluster's workers", () =>
  behind(
    'http',
    (port) => {
      const workerStats = [http('/gauges')(port)];
      return observeClusterQueue({ kind: 'amqp', url: services.amqpUrl, queues: ['jobs'], workerStats }, []).slice(1);
    },
    show,
  ),
);

describe.each(['what waits', 'what is at workers'])('the embedded queue', (what) => {
  describeObservation(what, () =>
    behind(
      'http',
      (port) => {
        const [ready, unacked] = observeClusterQueue({ kind: 'in-process', stats: http('/gauges')(port) }, []);
        return what === 'what waits' ? [ready!] : [unacked!];
      },
      show,
    ),
  );
});

describe.each([0, 1])('part %i of what a gateway tells', (part) => {
  describeObservation('of the bundled cluster', () =>
    behind(
      'http',
      (port) => {
        const parts = observeGateway('gateway-1', http('/gauges')(port));
        return [{ ...parts[part]!, close: async () => void (await Promise.all(parts.map((one) => one.close()))) }];
      },
      show,
    ),
  );
});

describeObservation('a metric of an endpoint', () =>
  behind(
    'http',
    (port) =>
      observePrometheus('conns', {
        kind: 'prometheus',
        url: http('/metrics')(port),
        metric: 'conns',
        labels: { job: 'ws' },
        as: 'sum',
      }),
    show,
  ),
);

describeObservation('a number of a JSON document', () =>
  behind('http', (port) => observeHttpJson('depth', { url: http('/stats')(port), value: 'pools.0.depth' }), show),
);

describe.each([
  [null, null],
  ['CHAT', null],
  ['CHAT', 'workers'],
])('JetStream, stream %s and consumer %s', (stream, consumer) => {
  describeObservation('what it holds', () =>
    behind(
      'nats',
      (port) => observeNats('js', { kind: 'nats', url: http('/jsz')(port), stream, consumer, value: null }),
      nats.fill,
    ),
  );
});

describe.runIf(process.platform === 'linux')('a process', () => {
  let child: ChildProcess | null = null;
  let wanted = 0;
  const begin = async () => {
    if (child !== null) return;
    const holdFiles = `const fs = require('fs'); for (let i = 0; i < ${wanted}; i++) fs.openSync('/dev/null'); process.stdout.write('x'); setInterval(() => {}, 1000)`;
    child = spawn(process.execPath, ['-e', holdFiles, 'observed-worker.js'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout!, 'data');
    writeFileSync(join(directory, 'worker.pid'), `${child.pid}\n`);
  };
  const end = async () => {
    const ending = child;
    child = null;
    if (ending === null) return;
    ending.kill('SIGKILL');
    await once(ending, 'exit');
  };
  let idle = 0;

  beforeAll(async () => {
    await begin();
    idle = await readFiles('observed-worker.js');
    await end();
  });

  afterAll(end);

  async function readFiles(name: string): Promise<number> {
    return observeProcess('worker', { kind: 'process', process: name })[4]!.read();
  }

  describe.each([
    ['observed-worker.js', 'name'],
    [join(directory, 'worker.pid'), 'file'],
  ])('%s by its %s', (name) => {
    describeObservation('its open files', () => ({
      open: () => {
        const observation = observeProcess('worker', { kind: 'process', process: name })[4]!;
        return { ...observation, read: async () => (await observation.read()) - idle };
      },
      set: async (value) => {
        wanted = value;
        await end();
        await begin();
      },
      takeAway: end,
      giveBack: begin,
    }));
  });
});

describe("a broker's own word on a queue", () => {
  it.each(['management', 'prometheus'] as const)('%s tells what is at consumers', { timeout: 90_000 }, async (by) => {
    const channel = await amqp.createChannel();
    await channel.assertQueue(`told-by-${by}`, { durable: false });
    for (let i = 0; i < 4; i++) channel.sendToQueue(`told-by-${by}`, Buffer.from('x'));
    await channel.prefetch(3);
    await channel.consume(`told-by-${by}`, () => {});
    const parts = observeAmqp('queue', {
      kind: 'amqp',
      url: services.amqpUrl,
      queues: [`told-by-${by}`],
      management: by === 'management' ? services.managementUrl : null,
      prometheus: by === 'prometheus' ? services.metricsUrl : null,
    });
    expect(parts.map(({ name, unit, refreshUs }) => [name, unit, refreshUs])).toEqual([
      ['queue', 'number', undefined],
      ['queue.unacked', 'number', 5_000_000],
      ['queue.published', 'perSecond', 5_000_000],
      ['queue.acknowledged', 'perSecond', 5_000_000],
    ]);
    await expect.poll(() => parts[0]!.read()).toBe(1);
    await expect.poll(() => parts[1]!.read(), { timeout: 30_000, interval: 1_000 }).toBe(3);
    // Of a rate the first only begins.
    for (const part of parts) await part.read().catch((error: unknown) => expect(error).toBeInstanceOf(FirstReading));
    for (const part of parts) expect(await part.read()).toBeGreaterThanOrEqual(0);
    await Promise.all(parts.map((part) => part.close()));
    await channel.close();
  });
});

it('a key that becomes something else is still told', async () => {
  const [observation] = observeRedis('lag', {
    kind: 'redis',
    url: services.redisUrl,
    what: 'length',
    key: 'changing',
    group: null,
  });
  expect(await observation!.read()).toBe(0);
  await redis.lpush('changing', 'a', 'b');
  for (let attempt = 0; attempt < 2; attempt++) expect(await observation!.read()).toBe(2);
  await redis.multi().del('changing').sadd('changing', 'a', 'b', 'c').exec();
  for (let attempt = 0; attempt < 2; attempt++) expect(await observation!.read()).toBe(3);
  await redis.set('changing', 'no length');
  await expect(observation!.read()).rejects.toThrow('is a string, which has no length');
  await observation!.close();
});

describe('observing changes nothing', () => {
  it('a query cannot write, whatever it says', async () => {
    for (const query of [
      'insert into jobs values (1) returning id',
      'select 1; set session characteristics as transaction read write',
      "select pg_catalog.setval('none', 1)",
    ]) {
      const [observation] = observePostgres('rows', { kind: 'postgres', url: services.postgresUrl, query });
      await expect(observation!.read()).rejects.toThrow();
      await observation!.close();
    }
  });

  it('a queue that is not there is not declared', async () => {
    const [observation] = observeAmqp('queue', {
      kind: 'amqp',
      url: services.amqpUrl,
      queues: ['never-declared'],
      management: null,
      prometheus: null,
    });
    for (let attempt = 0; attempt < 2; attempt++) await expect(observation!.read()).rejects.toThrow('NOT_FOUND');
    await observation!.close();
  });

  it('a key that is not there has no length, and is not made', async () => {
    const [observation] = observeRedis('lag', {
      kind: 'redis',
      url: services.redisUrl,
      what: 'length',
      key: 'never-made',
      group: null,
    });
    expect(await observation!.read()).toBe(0);
    expect(await redis.exists('never-made')).toBe(0);
    await observation!.close();
  });
});

function portOf(url: string): number {
  return Number(new URL(url).port);
}
