import { once } from 'node:events';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect } from 'vitest';

/**
 * Breaks all connections that subscribe; yields how many there were.
 *
 * @param least waits until there are so many: those of the last blow may still be on their way back
 */
export async function killSubscribers(redisUrl: string, least: number): Promise<number> {
  const redis = new Redis(redisUrl);
  try {
    await expect
      .poll(async () => countLines(String(await redis.client('LIST', 'TYPE', 'PUBSUB'))))
      .toBeGreaterThanOrEqual(least);
    return Number(await redis.client('KILL', 'TYPE', 'PUBSUB'));
  } finally {
    redis.disconnect();
  }
}

const countLines = (text: string) => text.split('\n').filter(Boolean).length;

/** Ends all sessions of the database but its own, at least one; waits for one where the last blow has left none. */
export async function terminateBackends(postgresUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  const terminate = () =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
  try {
    await expect.poll(async () => (await terminate()).rowCount).toBeGreaterThan(0);
  } finally {
    await client.end();
  }
}

/** Yields when the broker has closed a connection of its own that is open like all others, on `performance.now()`'s clock. */
export async function witnessClosing(amqpUrl: string): Promise<{ readonly closedAt: Promise<number> }> {
  const connection = await connect(amqpUrl);
  // That it was forced is no news here.
  connection.on('error', () => {});
  return { closedAt: once(connection, 'close').then(() => performance.now()) };
}
