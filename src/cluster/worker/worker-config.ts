import { z } from 'zod';
import { DEFECTS, hasWorkers, QUEUE_TYPES, TOPOLOGIES } from '../../choices.ts';
import { accessKeys } from '../access/access-keys.ts';
import { REDIS_SCHEMES } from '../adapters/redis/redis-address.ts';
import { startPatience } from '../await-brokers.ts';
import { PARTITIONS } from '../ports/partitions.ts';
import { rehearsalLimit } from '../rehearsal/rehearsal-limit.ts';

export const workerConfig = z.strictObject({
  /** Unique in the cluster. A blank separates it from the rest in what workers tell each other. */
  id: z.string().regex(/^\S+$/, 'expected an id without blanks'),
  /** 0.0.0.0 is for containers, whose ports are published on loopback only. */
  host: z.enum(['127.0.0.1', '0.0.0.0']),
  /** 0: any free one. */
  port: z.number().int().min(0).max(65_535),
  /** One that has workers. */
  topology: z.enum(TOPOLOGIES).refine(hasWorkers, 'expected a topology with workers').default('worker'),
  queueType: z.enum(QUEUE_TYPES).default('classic'),
  amqpUrl: z.url({ protocol: /^amqps?$/ }),
  /** See `readRedisOptions`. */
  redisUrl: z.url({ protocol: REDIS_SCHEMES }),
  postgresUrl: z.url({ protocol: /^postgres(ql)?$/ }),
  /** The same for all gateways and workers of a cluster. */
  partitions: z.number().int().min(1).max(256).default(PARTITIONS),
  startPatienceMs: startPatience,
  rehearsalMs: rehearsalLimit,
  ...accessKeys,
  /** What it does wrong, on purpose. */
  defect: z.enum(DEFECTS).nullish(),
});

/** What a worker process reads from the environment variable CHATBENCH_CONFIG, as JSON. */
export type WorkerConfig = z.output<typeof workerConfig>;

/** The same before defaults are filled in. */
export type WorkerSettings = z.input<typeof workerConfig>;

/** What it tells its parent when it takes part in all partitions. */
export interface WorkerReady {
  readonly type: 'ready';
  readonly stats: string;
}
