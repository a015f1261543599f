import { z } from 'zod';
import { DEFECTS, hasWorkers, QUEUE_TYPES, TOPOLOGIES } from '../../choices.ts';
import { startPatience } from '../await-brokers.ts';

export const workerConfig = z
  .strictObject({
    id: z.string().min(1),
    /** 0 … workers − 1. */
    index: z.number().int().min(0),
    workers: z.number().int().min(1),
    /** 0.0.0.0 is for containers, whose ports are published on loopback only. */
    host: z.enum(['127.0.0.1', '0.0.0.0']),
    /** 0: any free one. */
    port: z.number().int().min(0).max(65_535),
    /** One that has workers. */
    topology: z.enum(TOPOLOGIES).refine(hasWorkers, 'expected a topology with workers').default('worker'),
    queueType: z.enum(QUEUE_TYPES).default('classic'),
    amqpUrl: z.url({ protocol: /^amqps?$/ }),
    redisUrl: z.url({ protocol: /^rediss?$/ }),
    postgresUrl: z.url({ protocol: /^postgres(ql)?$/ }),
    partitions: z.number().int().min(1).max(256),
    startPatienceMs: startPatience,
    /** What it does wrong, on purpose. */
    defect: z.enum(DEFECTS).nullish(),
  })
  .refine(({ index, workers }) => index < workers, 'expected index below workers');

/** What a worker process reads from the environment variable CHATBENCH_CONFIG, as JSON. */
export type WorkerConfig = z.output<typeof workerConfig>;

/** The same before defaults are filled in. */
export type WorkerSettings = z.input<typeof workerConfig>;

/** What it tells its parent when it takes part in its own partitions. */
export interface WorkerReady {
  readonly type: 'ready';
  readonly stats: string;
}
