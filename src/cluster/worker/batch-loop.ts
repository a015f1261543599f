import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicUs } from '../../clock.ts';
import type { GatewayBus } from '../ports/buses.ts';
import { type ChatMessage, encodeChatMessage } from '../ports/chat-message.ts';
import { decodeEnvelope } from '../ports/envelope.ts';
import type { AttemptLog, Delivery, QueueConsumer } from '../ports/message-queue.ts';
import type { MessageStore } from '../ports/message-store.ts';
import type { RoomRouting } from '../ports/room-routing.ts';
import { tryPatiently } from '../try-patiently.ts';
import { encodeStamp } from '../wire/hop-stamps.ts';
import { buildParcels } from './build-parcels.ts';
import { EntriesInHand } from './entries-in-hand.ts';
import { storeBatch } from './store-batch.ts';
import { type Gathered, refuseAll, type StoredBatch, stampHops } from './stored-batch.ts';

export interface WorkerPorts {
  readonly consumer: QueueConsumer;
  readonly store: MessageStore;
  readonly attempts: AttemptLog;
  readonly routing: RoomRouting;
  readonly bus: GatewayBus;
}

/** A batch that has this many messages takes no further entry. */
export const BATCH_LIMIT = 500;

/**
 * Most entries of a partition that a worker holds unacknowledged. Together with `ENVELOPE_MESSAGES` and the number of
 * partitions this bounds what it has in memory and what comes again when it dies: 500 messages of a partition.
 */
export const PREFETCH_ENTRIES = 10;

/**
 * Batches begin at least this far apart, ms. A commit, a look-up, a publish and an acknowledgement cost the same for one
 * message as for ten: on a busy machine the time saved comes back as shorter queues everywhere. A message that comes
 * after a pause waits for nothing.
 */
export const BATCH_INTERVAL_MS = 2;

/**
 * Routes that were looked up this long before the end of the commit are looked up again, ms: who joined meanwhile and read the
 * history before the commit has it from nowhere else. Well below the time after which followers read the history once more.
 */
const STALE_ROUTES_MS = 300;

type BatchCounter =
  | 'processed'
  | 'batches'
  | 'redelivered'
  | 'redeliveredEntries'
  | 'retries'
  | 'deadLettered'
  | 'unheard'
  | 'parcels';

/** Entries of a batch that were handed out before. */
interface Again {
  readonly keys: readonly string[];
  /** Those that were begun before, and not ended. */
  readonly suspects: ReadonlySet<Gathered>;
}

const FIRST_TIME: Again = { keys: [], suspects: new Set() };

/**
 * Group commit: while one batch is stored, the one before is published and the next one gathers; no batch waits to be full.
 * Batches are stored one after the other and published one after the other, or a room's messages would overtake each other
 * on the way to the gateways.
 *
 * An entry that was handed out before may have ended the worker that had it: that it is worked off is noted before. If it has been
 * before, its messages are worked off one by one, and each of these is noted; a message that was begun alone before, and not ended,
 * goes to the dead letters: tried three times in all, it ends no further worker.
 */
export class BatchLoop {
  readonly #ports: WorkerPorts;
  readonly #fail: (reason: unknown) => void;
  readonly #onBatch: (oldest: ChatMessage) => void;
  #gathered: Gathered[] = [];
  /** Messages in `#gathered`, and in the batches under way. */
  #waiting = 0;
  #inHand = 0;
  readonly #entriesInHand = new EntriesInHand();
  /** Settles when all batches that are stored have been worked off. */
  #published: Promise<void> = Promise.resolve();
  #running = false;
  #failed = false;
  #isFinishing = false;
  #beganAt = Number.NEGATIVE_INFINITY;
  #idle: (() => void) | null = null;
  readonly #counters: Record<BatchCounter, number> = {
    processed: 0,
    batches: 0,
    redelivered: 0,
    redeliveredEntries: 0,
    retries: 0,
    deadLettered: 0,
    unheard: 0,
    parcels: 0,
  };

  /**
   * @param fail    called when a batch cannot be finished; nothing of it has been acknowledged then
   * @param onBatch called as each batch begins, with its first message
   */
  constructor(ports: WorkerPorts, fail: (reason: unknown) => void, onBatch: (oldest: ChatMessage) => void = () => {}) {
    this.#onBatch = onBatch;
    this.#ports = ports;
    this.#fail = fail;
    ports.consumer.onInterrupted(() => this.#forget());
  }

  /** Messages received from the queue and not yet worked off. */
  get inFlight(): number {
    return this.#waiting + this.#inHand;
  }

  /**
   * Counts since start, of messages where nothing else is said. `unheard`: parcels that no gateway listened to, and messages that
   * were stored and had no gateway to go to.
   */
  get counters(): Readonly<Record<BatchCounter, number>> {
    return this.#counters;
  }

  /** What is refused stays unacknowledged until its partition is left. */
  gather(delivery: Delivery): void {
    if (this.#isFinishing || this.#entriesInHand.isRefused(delivery.partition)) return;
    const envelope = decodeEnvelope(delivery.content);
    const receivedAt = envelope.publishedAt === '' ? '' : encodeStamp(monotonicUs());
    this.#gathered.push({ ...envelope, receivedAt, delivery });
    this.#waiting += envelope.messages.length;
    if (delivery.redelivered) {
      this.#counters.redelivered += envelope.messages.length;
      this.#counters.redeliveredEntries++;
    }
    if (this.#running) return;
    this.#running = true;
    // Not at once: what the same network read brought along belongs to this batch.
    process.nextTick(() => void this.#run());
  }

  /** Begins nothing more of the partition. Settles when what was in hand of it is worked off and acknowledged. */
  letGo(partition: number): Promise<void> {
    const kept = this.#gathered.filter(({ delivery }) => delivery.partition !== partition);
    this.#gathered = kept;
    this.#waiting = kept.reduce((sum, { messages }) => sum + messages.length, 0);
    return this.#entriesInHand.refuse(partition);
  }

  takeUp(partition: number): void {
    this.#entriesInHand.allow(partition);
  }

  /** Finishes the batches in hand; what else was gathered stays unacknowledged and goes to other workers. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    this.#forget();
    if (this.#running) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#published;
  }

  #forget(): void {
    this.#gathered = [];
    this.#waiting = 0;
  }

  async #run(): Promise<void> {
    try {
      while (this.#gathered.length > 0 && !this.#failed) {
        await this.#keepInterval();
        const entries = this.#takeEntries();
        if (entries.length === 0) continue;
        const again = await this.#beginAgain(entries);
        if (again.suspects.size > 0) {
          await this.#workOffDivided(entries, again);
          continue;
        }
        const stored = await this.#store(entries);
        // One batch at a time is published; the next one is stored meanwhile.
        await this.#published;
        // Its acknowledgement would cover the batch before, which was not published.
        if (this.#failed) break;
        this.#published = this.#workOff(stored, again.keys).catch((error: unknown) => this.#giveUp(error));
      }
    } catch (error) {
      this.#giveUp(error);
    }
    this.#running = false;
    this.#idle?.();
  }

  #giveUp(reason: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#fail(reason);
  }

  async #keepInterval(): Promise<void> {
    const restMs = this.#beganAt + BATCH_INTERVAL_MS - performance.now();
    if (restMs > 0) await wait(restMs);
    this.#beganAt = performance.now();
  }

  #takeEntries(): readonly Gathered[] {
    let messages = 0;
    let count = 0;
    while (count < this.#gathered.length && messages < BATCH_LIMIT)
      messages += this.#gathered[count++]!.messages.length;
    this.#waiting -= messages;
    this.#inHand += messages;
    const taken = this.#gathered.splice(0, count);
    this.#entriesInHand.add(taken);
    return taken;
  }

  async #store(entries: readonly Gathered[]): Promise<StoredBatch> {
    const { store, routing } = this.#ports;
    const begunAt = encodeStamp(monotonicUs());
    const batch = entries.flatMap(({ messages }) => messages);
    const [oldest] = batch;
    if (oldest === undefined) return { entries, batch, sequences: [], gateways: [], hops: [] };
    this.#onBatch(oldest);
    const lookUp = () => routing.gatewaysOf(batch.map(({ room }) => room));
    const storing = storeBatch(store, batch, () => {
      this.#counters.retries++;
    });
    const askedAt = performance.now();
    const [sequences, early] = await Promise.all([storing, lookUp()]);
    const gateways = performance.now() - askedAt > STALE_ROUTES_MS ? await lookUp() : early;
    return { entries, batch, sequences, gateways, hops: stampHops(entries, begunAt, encodeStamp(monotonicUs())) };
  }

  async #workOff(stored: StoredBatch, keys: readonly string[]): Promise<void> {
    await this.#publish(stored);
    this.#finish(stored.entries);
    void this.#end(keys);
  }

  /** Notes that these are worked off, for all that were handed out before. */
  async #beginAgain(entries: readonly Gathered[]): Promise<Again> {
    const again = entries.filter(({ delivery }) => delivery.redelivered);
    if (again.length === 0) return FIRST_TIME;
    const keys = again.map(({ delivery }) => createHash('sha1').update(delivery.content).digest('hex'));
    const tries = await this.#begin(keys);
    return { keys, suspects: new Set(again.filter((_, i) => tries[i]! > 1)) };
  }

  /** What is begun here and never ended, since the worker dies of it, is what the next attempt buries. */
  async #workOffDivided(entries: readonly Gathered[], { keys, suspects }: Again): Promise<void> {
    await this.#published;
    if (this.#failed) return;
    for (const entry of entries) {
      if (suspects.has(entry)) await this.#workOffOneByOne(entry);
      else await this.#publish(await this.#store([entry]));
    }
    this.#finish(entries);
    await this.#end(keys);
  }

  async #workOffOneByOne(entry: Gathered): Promise<void> {
    for (const message of entry.messages) {
      const part = [{ ...entry, messages: [message], rubbish: [] }];
      const key = `${message.room} ${message.id}`;
      const [tries] = await this.#begin([key]);
      await this.#publish(tries! > 1 ? refuseAll(part) : await this.#store(part));
      await this.#end([key]);
    }
    await this.#deadLetter(entry.rubbish);
  }

  #begin(keys: readonly string[]): Promise<readonly number[]> {
    return tryPatiently(
      () => this.#ports.attempts.begin(keys),
      () => {
        this.#counters.retries++;
      },
    );
  }

  /** Where it fails the count stays, which counts for something only if the very same work comes again. */
  async #end(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#ports.attempts.end(keys).catch(() => {});
  }

  async #publish({ entries, batch, sequences, gateways, hops }: StoredBatch): Promise<void> {
    const { bus } = this.#ports;
    const parcels = buildParcels(batch, sequences, gateways, hops);
    this.#counters.parcels += parcels.length;
    const unrouted = batch.filter((_, i) => sequences[i] !== null && gateways[i]?.length === 0).length;
    this.#counters.unheard += unrouted + (await bus.publish(parcels));
    const refused = batch.filter((_, i) => sequences[i] === null);
    await this.#deadLetter(entries.flatMap(({ rubbish }) => rubbish));
    await this.#deadLetter(refused.map((message) => Buffer.from(encodeChatMessage(message))));
    this.#counters.processed += batch.length - refused.length;
  }

  /** Only now that everything is stored, published or buried: an earlier acknowledgement would lose it in a crash. */
  #finish(entries: readonly Gathered[]): void {
    const last = new Map(entries.map(({ delivery }) => [delivery.partition, delivery]));
    for (const delivery of last.values()) this.#ports.consumer.ackThrough(delivery);
    this.#counters.batches++;
    for (const { messages } of entries) this.#inHand -= messages.length;
    this.#entriesInHand.remove(entries);
  }

  /** No retry can mend these. Their neighbours in the same entry are not held up by them. */
  async #deadLetter(contents: readonly Buffer[]): Promise<void> {
    this.#counters.deadLettered += contents.length;
    if (contents.length > 0) await Promise.all(contents.map((content) => this.#ports.consumer.deadLetter(content)));
  }
}
