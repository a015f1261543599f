import { z } from 'zod';
import { DEFECTS, QUEUE_TYPES, TOPOLOGIES } from '../../choices.ts';
import { accessKeys } from '../access/access-keys.ts';
import { REDIS_SCHEMES } from '../adapters/redis/redis-address.ts';
import { startPatience } from '../await-brokers.ts';
import { PARTITIONS } from '../ports/partitions.ts';
import { rateLimit } from '../rate-limit.ts';
import { rehearsalLimit } from '../rehearsal/rehearsal-limit.ts';
import { isName } from '../wire/names.ts';

/** Its connections' keys are names too, which have 128 characters at most: an id, 8 hex digits, a counter and two dots. */
const ID_CHARACTERS = 96;

const pulseMs = z.number().int().min(100).max(3_600_000);

export const gatewayConfig = z.strictObject({
  /** Unique in the cluster. A comma separates gateways in the routing. */
  id: z
    .string()
    .max(ID_CHARACTERS)
    .refine((id) => isName(id) && !id.includes(','), 'expected a name without comma'),
  /** 0.0.0.0 is for containers, whose ports are published on loopback only. */
  host: z.enum(['127.0.0.1', '0.0.0.0']),
  /** 0: any free one. */
  port: z.number().int().min(0).max(65_535),
  topology: z.enum(TOPOLOGIES).default('worker'),
  /** Of the partition queues, where the topology has some. */
  queueType: z.enum(QUEUE_TYPES).default('classic'),
  /** Expected by topologies with workers. */
  amqpUrl: z.url({ protocol: /^amqps?$/ }).optional(),
  /** See `readRedisOptions`. */
  redisUrl: z.url({ protocol: REDIS_SCHEMES }),
  /**
   * Where messages are read back from; without it nobody can read or synchronise. Expected by topologies without workers:
   * their gateways store messages themselves.
   */
  postgresUrl: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** STOMP over WebSocket; expected by topology stomp. */
  stompUrl: z.url({ protocol: /^wss?$/ }).optional(),
  /** The same for all gateways and workers of a cluster. */
  partitions: z.number().int().min(1).max(256).default(PARTITIONS),
  /** Stamp messages with the times at which they pass. Default true. */
  hops: z.boolean().optional(),
  /** What each user may send; nobody is limited without it. */
  rateLimit: rateLimit.optional(),
  startPatienceMs: startPatience,
  rehearsalMs: rehearsalLimit,
  /** How often each client is pinged, and how long it may take to be heard after that. Default 25 and 10 s. */
  pulse: z.strictObject({ everyMs: pulseMs, timeoutMs: pulseMs }).optional(),
  /**
   * How long it takes to send its clients away when it is told to end (SIGTERM): they are closed one after the other over that time.
   * Default 1.5 s. What ends it by force has to wait for 3 s more.
   */
  drainMs: z.number().int().min(0).max(3_600_000).optional(),
  /** What one connection may send a second: frames, and as many KiB besides. Default 5,000. */
  unitsPerSecond: z.number().positive().optional(),
  ...accessKeys,
  /** What it does wrong, on purpose. */
  defect: z.enum(DEFECTS).nullish(),
});

/** What a gateway process reads from the environment variable CHATBENCH_CONFIG, as JSON. */
export type GatewayConfig = z.output<typeof gatewayConfig>;

/** The same before defaults are filled in. */
export type GatewaySettings = z.input<typeof gatewayConfig>;

/** What it tells its parent when clients can connect. */
export interface GatewayReady {
  readonly type: 'ready';
  readonly endpoint: string;
  readonly stats: string;
}
