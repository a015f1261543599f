import { connect } from 'amqplib';
import { openGaugeReader } from './http-gauges.ts';
import { openClusterQueue } from './observe/open-cluster-queue.ts';
import type { QueueAccess } from './observe/sources/cluster-queue.ts';

/** What lies in a target's queues at one moment. */
export interface Backlog {
  /** Messages that wait for a worker. */
  readonly ready: number;
  /** Messages at workers, not acknowledged; null where the workers cannot be asked. */
  readonly inFlight: number | null;
  /** Messages that could not be stored and were put aside. */
  readonly deadLetters: number;
}

type BacklogAccess = Extract<QueueAccess, { kind: 'in-process' }> | (AmqpAccess & { readonly deadLetters: string });
type AmqpAccess = Extract<QueueAccess, { kind: 'amqp' }>;

/** Looks once, and leaves no connection behind. Rejects where the broker cannot be reached. */
export async function readBacklog(access: BacklogAccess): Promise<Backlog> {
  const queue = await openClusterQueue(access);
  try {
    const [{ ready, inFlight }, deadLetters] = await Promise.all([
      queue.read(),
      access.kind === 'amqp' ? countMessages(access.url, access.deadLetters) : readDeadLetters(access.stats),
    ]);
    return { ready, inFlight, deadLetters };
  } finally {
    await queue.close();
  }
}

/** By passive declare: it changes nothing. */
async function countMessages(url: string, queue: string): Promise<number> {
  const connection = await connect(url);
  connection.on('error', () => {});
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    return (await channel.checkQueue(queue)).messageCount;
  } finally {
    await connection.close().catch(() => {});
  }
}

async function readDeadLetters(stats: string): Promise<number> {
  const reader = openGaugeReader(stats);
  try {
    return (await reader.read()).deadLetters ?? 0;
  } finally {
    await reader.close();
  }
}
