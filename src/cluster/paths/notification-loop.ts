import { Backlog } from '../ports/backlog.ts';
import type { GatewayBus } from '../ports/buses.ts';
import { encodeDelivery } from '../ports/parcel.ts';
import type { RoomRouting } from '../ports/room-routing.ts';

interface Notification {
  readonly channel: string;
  readonly delivery: string;
  readonly bytes: number;
}

/**
 * Looks up who holds a channel and publishes to them, for all notifications together that came while the ones before were
 * under way. One look-up at a time, or frames of one channel would overtake each other.
 */
export class NotificationLoop {
  readonly #routing: RoomRouting;
  readonly #bus: GatewayBus;
  #waiting: Notification[] = [];
  /** Those that wait and those under way. */
  readonly #backlog = new Backlog();
  #running = false;
  #counters = { notified: 0, notificationsDropped: 0 };

  constructor(routing: RoomRouting, bus: GatewayBus) {
    this.#routing = routing;
    this.#bus = bus;
  }

  /** Counts since start. Dropped: too many waited, or a link was broken. */
  get counters(): Readonly<Record<'notified' | 'notificationsDropped', number>> {
    return this.#counters;
  }

  add(channel: string, frame: string, exceptConnection: string): void {
    if (!this.#backlog.hasRoom) {
      this.#counters.notificationsDropped++;
      return;
    }
    const delivery = encodeDelivery(channel, exceptConnection, frame);
    const bytes = Buffer.byteLength(delivery);
    this.#backlog.add(bytes);
    this.#waiting.push({ channel, delivery, bytes });
    if (this.#running) return;
    this.#running = true;
    // Not at once: what the same network read brought along goes with it.
    process.nextTick(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#publish(batch);
        this.#counters.notified += batch.length;
      } catch {
        this.#counters.notificationsDropped += batch.length;
      }
      for (const { bytes } of batch) this.#backlog.remove(bytes);
    }
    this.#running = false;
  }

  async #publish(batch: readonly Notification[]): Promise<void> {
    const holders = await this.#routing.gatewaysOf(batch.map(({ channel }) => channel));
    const payloads = new Map<string, string>();
    for (const [i, { delivery }] of batch.entries()) {
      for (const gateway of holders[i] ?? []) payloads.set(gateway, (payloads.get(gateway) ?? '') + delivery);
    }
    await this.#bus.publish(Array.from(payloads, ([gateway, payload]) => ({ gateway, payload })));
  }
}
