import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicUs } from '../../clock.ts';
import { createMemoryBus } from '../adapters/memory/memory-bus.ts';
import { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts';
import { createRedisBus } from '../adapters/redis/redis-bus.ts';
import { connectRedis, endRedis } from '../adapters/redis/redis-link.ts';
import { encodeChatMessage } from '../ports/chat-message.ts';
import { encodeEnvelope } from '../ports/envelope.ts';
import { encodeStamp } from '../wire/hop-stamps.ts';
import { BatchLoop, PREFETCH_ENTRIES } from '../worker/batch-loop.ts';
import type { WorkerConfig } from '../worker/worker-config.ts';
import { closeInTime } from './close-in-time.ts';
import { REHEARSAL_MS } from './rehearsal-limit.ts';
import { repeatUntilSettled } from './repeat-until-settled.ts';

const PARTITIONS = 4;
const ROOMS = 16;

/** Entries of a round, of one to four messages each. */
const ENTRIES = 200;

const AT_A_TIME = 8;

const BODY = `"${'x'.repeat(64)}"`;

/**
 * Works off messages that nobody sent, as this worker is about to do with real ones, until that is compiled. They come from a queue in
 * memory, are stored in tables that vanish with their connection, and go to a gateway that is none. That it fails is no failure. Yields
 * how many rounds there were.
 */
export async function rehearseWorker(config: WorkerConfig): Promise<number> {
  const { rehearsalMs: limitMs = REHEARSAL_MS } = config;
  if (limitMs === 0) return 0;
  const gateway = `rehearsal-${randomBytes(6).toString('hex')}`;
  const opened = await open(config, gateway).catch(() => null);
  if (opened === null) return 0;
  const { publish, loop, close } = opened;
  let count = 0;
  const round = async (): Promise<void> => {
    for (let entry = 0; entry < ENTRIES; entry += AT_A_TIME) {
      for (let n = 0; n < AT_A_TIME; n++)
        publish(
          n % PARTITIONS,
          buildEntry(() => count++, 1 + (n % 4)),
        );
      while (loop.counters.processed < count) await wait(1);
    }
  };
  try {
    return await repeatUntilSettled(round, limitMs);
  } finally {
    await closeInTime(close());
  }
}

function buildEntry(next: () => number, messages: number): Buffer {
  const stamp = encodeStamp(monotonicUs());
  const lines = Array.from({ length: messages }, () => {
    const n = next();
    const room = `rehearsal-${n % ROOMS}`;
    const message = { id: `m${n}`, room, from: 'u', connection: 'c', at: String(Date.now()), bodyJson: BODY };
    return encodeChatMessage({ ...message, hops: stamp });
  });
  return encodeEnvelope(stamp, lines);
}

async function open({ topology, redisUrl, postgresUrl }: WorkerConfig, gateway: string) {
  const [redis, store] = await Promise.all([
    topology === 'worker' ? connectRedis(redisUrl, ignore) : null,
    openPostgresStore(postgresUrl, { isTemporary: true }),
  ]);
  const bus = redis === null ? createMemoryBus() : createRedisBus(redis, null);
  const routing = createMemoryRouting();
  const presence = await routing.enter(gateway);
  for (let n = 0; n < ROOMS; n++) await presence.join(`rehearsal-${n}`);
  const queue = new MemoryQueue(PARTITIONS);
  const consumer = queue.openConsumer(PREFETCH_ENTRIES);
  const loop = new BatchLoop({ consumer, store, attempts: store.attempts, routing, bus }, ignore);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await consumer.consume(partition, (delivery) => loop.gather(delivery));
  }
  const publisher = queue.openPublisher();
  return {
    loop,
    publish: (partition: number, content: Buffer) => publisher.publish(partition, content, ignore),
    async close() {
      await loop.finish();
      await Promise.all([store.close(), redis && endRedis(redis)]);
    },
  };
}

/** What breaks here ends the rehearsal, and nothing else. */
function ignore(): void {}
