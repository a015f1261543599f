import { BREAKABLE } from '../../choices.ts';

/** Has Postgres close every connection to the database but the one that asks. */
export const CLOSE_OTHER_BACKENDS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

/** The brokers whose connections are to be broken. */
export interface BreakableBrokers {
  readonly redisUrl: string;
  readonly postgresUrl: string;
  /** AMQP itself has no word for it. Null: there is no RabbitMQ. */
  readonly disconnectAmqp: (() => Promise<void>) | null;
}

/**
 * Settles when the broker has closed them; they come up again by themselves. Rejects where it cannot be reached, or is none of
 * `BREAKABLE`.
 */
export async function breakConnections(what: string, brokers: BreakableBrokers): Promise<void> {
  const { redisUrl, postgresUrl, disconnectAmqp } = brokers;
  if (what === 'redis-pubsub') return breakRedis(redisUrl, 'pubsub');
  if (what === 'redis') return breakRedis(redisUrl, 'normal');
  if (what === 'postgres') return breakPostgres(postgresUrl);
  if (what === 'amqp' && disconnectAmqp !== null) return disconnectAmqp();
  throw new Error(`expected one of ${BREAKABLE.join(', ')}, got ${what}`);
}

async function breakRedis(url: string, type: 'pubsub' | 'normal'): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    // Not this one: SKIPME is Redis' default.
    await redis.call('CLIENT', 'KILL', 'TYPE', type);
  } finally {
    redis.disconnect();
  }
}

async function breakPostgres(url: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(CLOSE_OTHER_BACKENDS);
  } finally {
    await client.end().catch(() => {});
  }
}
