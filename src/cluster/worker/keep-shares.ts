import { randomBytes } from 'node:crypto';
import type { Delivery, QueueConsumer } from '../ports/message-queue.ts';
import type { WorkerPeers } from '../ports/worker-peers.ts';
import { encodeGone, encodeHere, ownerOf, Roster } from './roster.ts';

/** How often a worker says that it is there, ms. */
const BEAT_MS = 1_000;

export interface ShareParts {
  /** The worker's own, unique in the cluster. */
  readonly id: string;
  readonly partitions: number;
  readonly consumer: QueueConsumer;
  readonly peers: WorkerPeers;
  readonly work: PartitionWork;
  readonly fail: (reason: unknown) => void;
}

/** What works on the entries of partitions. */
export interface PartitionWork {
  gather(delivery: Delivery): void;
  /** Begins nothing more of the partition. Settles when nothing of it is in hand. */
  letGo(partition: number): Promise<void>;
  /** Begins what comes of it again. */
  takeUp(partition: number): void;
}

export interface Shares {
  /** Partitions that are this worker's own now, or are still to be handed over. */
  readonly owned: number;
  /** Tells the others that it goes. The queue is left by whoever closes the consumer. */
  stop(): void;
}

/**
 * Every worker stands in the line of every partition, so that nothing waits where one dies. Whose a partition should be
 * follows from who is there; all others go to the end of its line whenever it becomes someone's, and whenever that one
 * has taken a new place in it. A stand-in that serves it hands it over so. Settles when all places are taken.
 *
 * A worker says that it is there only after it has taken its places, or others would step back behind nobody.
 */
export async function keepShares(parts: ShareParts): Promise<Shares> {
  const { id, partitions, consumer, peers, work } = parts;
  const roster = new Roster(id);
  /** Of each partition whom this worker stands behind; its own id where it is first, or would be. */
  const behind = new Array<string>(partitions).fill(id);
  /** Partitions that this worker is about to step back from. */
  const leaving = new Set<number>();
  let seats = nameSeats();
  let isStopping = false;
  let isArranging = false;
  let isStale = false;

  peers.onTold((notice) => {
    const isNew = roster.hear(notice, performance.now());
    // Who comes knows nobody, and must not wait for the next beat to learn who is there.
    if (isNew) say();
    arrange();
  });
  peers.onSeated(() => {
    seats = nameSeats();
    say();
  });
  await Promise.all(behind.map((_, partition) => consumer.consume(partition, (delivery) => work.gather(delivery))));
  say();
  const beat = setInterval(() => {
    say();
    roster.expire(performance.now());
    arrange();
  }, BEAT_MS).unref();

  function say(): void {
    if (!isStopping) peers.tell(encodeHere(id, seats));
  }

  /** One at a time, and once more where something was heard meanwhile. */
  function arrange(): void {
    isStale = true;
    if (!isArranging) stepBackWhereNeeded().catch(parts.fail);
  }

  async function stepBackWhereNeeded(): Promise<void> {
    isArranging = true;
    while (isStale && !isStopping) {
      isStale = false;
      await Promise.all(behind.map((_, partition) => stepBack(partition)));
    }
    isArranging = false;
  }

  async function stepBack(partition: number): Promise<void> {
    const owner = ownerOf(partition, roster.ids);
    const place = owner === id ? id : `${owner} ${roster.seatsOf(owner)}`;
    if (place === behind[partition]) return;
    behind[partition] = place;
    if (owner === id) return;
    leaving.add(partition);
    await work.letGo(partition);
    if (isStopping) return;
    await consumer.leave(partition);
    leaving.delete(partition);
    work.takeUp(partition);
    await consumer.consume(partition, (delivery) => work.gather(delivery));
  }

  return {
    get owned() {
      const { ids } = roster;
      return behind.filter((_, partition) => leaving.has(partition) || ownerOf(partition, ids) === id).length;
    },
    stop() {
      isStopping = true;
      clearInterval(beat);
      peers.tell(encodeGone(id));
    },
  };
}

function nameSeats(): string {
  return randomBytes(6).toString('hex');
}
