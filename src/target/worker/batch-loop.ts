import { setTimeout as wait } from 'node:timers/promises';
import { type ChatMessage, decodeChatMessage } from '../ports/chat-message.ts';
import type { GatewayBus } from '../ports/gateway-bus.ts';
import type { Delivery, QueueConsumer } from '../ports/message-queue.ts';
import type { MessageStore } from '../ports/message-store.ts';
import type { RoomRouting } from '../ports/room-routing.ts';
import { buildParcels } from './build-parcels.ts';
import { storeBatch } from './store-batch.ts';

export interface WorkerPorts {
  readonly consumer: QueueConsumer;
  readonly store: MessageStore;
  readonly routing: RoomRouting;
  readonly bus: GatewayBus;
}

/** Most messages of one batch. */
export const BATCH_LIMIT = 500;

/**
 * Batches begin at least this far apart, ms. A commit, a look-up, a publish and an acknowledgement cost the same for one
 * message as for ten: on a busy machine the time saved comes back as shorter queues everywhere. A message that comes
 * after a pause waits for nothing.
 */
export const BATCH_INTERVAL_MS = 3;

type BatchCounter = 'processed' | 'batches' | 'redelivered' | 'retries' | 'deadLettered' | 'unheard' | 'parcels';

/**
 * Group commit: while one batch is stored and published, the next one gathers; no batch waits to be full.
 * Batches run one after the other, or a room's messages would overtake each other on the way to the gateways.
 */
export class BatchLoop {
  readonly #ports: WorkerPorts;
  readonly #fail: (reason: unknown) => void;
  readonly #onBatch: (oldest: ChatMessage) => void;
  #gathered: Delivery[] = [];
  #inHand = 0;
  #running = false;
  #beganAt = Number.NEGATIVE_INFINITY;
  #idle: (() => void) | null = null;
  #counters = { processed: 0, batches: 0, redelivered: 0, retries: 0, deadLettered: 0, unheard: 0, parcels: 0 };

  /**
   * @param fail    called when a batch cannot be finished; nothing of it has been acknowledged then
   * @param onBatch called as each batch begins, with its first message
   */
  constructor(ports: WorkerPorts, fail: (reason: unknown) => void, onBatch: (oldest: ChatMessage) => void = () => {}) {
    this.#onBatch = onBatch;
    this.#ports = ports;
    this.#fail = fail;
    ports.consumer.onInterrupted(() => {
      this.#gathered = [];
    });
  }

  /** Received from the queue and not yet acknowledged. */
  get inFlight(): number {
    return this.#gathered.length + this.#inHand;
  }

  /** Counts since start. `unheard`: parcels that no gateway listened to. */
  get counters(): Readonly<Record<BatchCounter, number>> {
    return this.#counters;
  }

  gather(delivery: Delivery): void {
    this.#gathered.push(delivery);
    if (delivery.redelivered) this.#counters.redelivered++;
    if (this.#running) return;
    this.#running = true;
    // Not at once: what the same network read brought along belongs to this batch.
    process.nextTick(() => void this.#run());
  }

  /** Finishes the batch in hand; what else was gathered stays unacknowledged and goes to other workers. */
  async finish(): Promise<void> {
    this.#gathered = [];
    if (!this.#running) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  async #run(): Promise<void> {
    try {
      while (this.#gathered.length > 0) {
        await this.#keepInterval();
        await this.#process(this.#gathered.splice(0, BATCH_LIMIT));
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#running = false;
    this.#idle?.();
  }

  async #keepInterval(): Promise<void> {
    const restMs = this.#beganAt + BATCH_INTERVAL_MS - performance.now();
    if (restMs > 0) await wait(restMs);
    this.#beganAt = performance.now();
  }

  async #process(deliveries: readonly Delivery[]): Promise<void> {
    const { store, routing, bus } = this.#ports;
    this.#inHand = deliveries.length;
    const { batch, origins } = this.#decode(deliveries);
    const [oldest] = batch;
    if (oldest !== undefined) {
      this.#onBatch(oldest);
      const [sequences, gateways] = await Promise.all([
        storeBatch(store, batch, () => {
          this.#counters.retries++;
        }),
        routing.gatewaysOf(batch.map(({ room }) => room)),
      ]);
      const parcels = buildParcels(batch, sequences, gateways);
      this.#counters.parcels += parcels.length;
      this.#counters.unheard += await bus.publish(parcels);
      this.#settle(origins, sequences);
    }
    this.#counters.batches++;
    this.#inHand = 0;
  }

  /** The messages with the deliveries that they came in. What is none goes to the dead letters: no retry can mend it. */
  #decode(deliveries: readonly Delivery[]): { batch: ChatMessage[]; origins: Delivery[] } {
    const batch: ChatMessage[] = [];
    const origins: Delivery[] = [];
    for (const delivery of deliveries) {
      const message = decodeChatMessage(delivery.content);
      if (message === null) {
        this.#deadLetter(delivery);
        continue;
      }
      batch.push(message);
      origins.push(delivery);
    }
    return { batch, origins };
  }

  /** Only now that everything is stored and published: an earlier acknowledgement would lose it in a crash. */
  #settle(origins: readonly Delivery[], sequences: readonly (number | null)[]): void {
    let last: Delivery | null = null;
    for (const [i, delivery] of origins.entries()) {
      if (sequences[i] === null) {
        this.#deadLetter(delivery);
        continue;
      }
      this.#counters.processed++;
      last = delivery;
    }
    if (last !== null) this.#ports.consumer.ackThrough(last);
  }

  #deadLetter(delivery: Delivery): void {
    this.#counters.deadLettered++;
    this.#ports.consumer.deadLetter(delivery);
  }
}
