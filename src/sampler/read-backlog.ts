import { openClusterQueue } from './observe/open-cluster-queue.ts';
import { observeAmqp } from './observe/sources/amqp.ts';
import type { QueueAccess } from './observe/sources/cluster-queue.ts';
import { numberAt, openHttp } from './observe/sources/http.ts';

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

async function countMessages(url: string, queue: string): Promise<number> {
  const access = { kind: 'amqp' as const, url, queues: [queue], management: null, prometheus: null };
  const [waiting] = observeAmqp('dead letters', access);
  return waiting!.read().finally(waiting!.close);
}

/** A queue that never put one aside does not tell. */
async function readDeadLetters(stats: string): Promise<number> {
  const http = openHttp(stats);
  return http
    .readJson()
    .then((answer) => numberAt(answer, ['deadLetters']) ?? 0)
    .finally(http.close);
}
