import {
  type ChannelBus,
  type ChannelListener,
  REMEMBERED_IDS,
  type RecalledRoom,
  type UnnumberedMessage,
} from '../../ports/channel-bus.ts';
import { channelsOfRoom } from '../../ports/channels.ts';

interface Room {
  counter: number;
  numbers: Map<string, number>;
  numbersBefore: Map<string, number>;
}

interface Frame {
  readonly channel: string;
  readonly exceptConnection: string;
  readonly seq: number;
  readonly frame: string;
}

interface Subscriber {
  readonly listener: ChannelListener;
  readonly hears: (channel: string) => boolean;
}

/** Channels within one process, shared by its gateways. Frames arrive in a later turn of the event loop, in order. */
export class MemoryChannelHub {
  readonly #rooms = new Map<string, Room>();
  readonly #subscribers = new Set<Subscriber>();
  #frames: Frame[] = [];

  /** @param hearsAll whether it hears every channel instead of those that it subscribed to */
  openBus(hearsAll: boolean): ChannelBus {
    const channels = new Set<string>();
    let subscriber: Subscriber | null = null;
    return {
      open: async (listener) => {
        subscriber = { listener, hears: (channel) => hearsAll || channels.has(channel) };
        this.#subscribers.add(subscriber);
      },
      subscribe: async (channel) => void channels.add(channel),
      unsubscribe: async (channel) => void channels.delete(channel),
      publish: async (batch) => batch.map((message) => this.#publish(message)),
      recall: async (tails) => {
        for (const tail of tails) this.#recall(tail);
      },
      notify: (channel, frame, exceptConnection) => {
        this.#carry({ channel, exceptConnection, seq: 0, frame });
        return true;
      },
      close: async () => {
        if (subscriber !== null) this.#subscribers.delete(subscriber);
      },
    };
  }

  #publish({ id, room: name, exceptConnection, head, tail }: UnnumberedMessage): number {
    const room = this.#rooms.get(name);
    if (room === undefined) return 0;
    const seq = numberOf(room, id);
    for (const channel of channelsOfRoom(name))
      this.#carry({ channel, exceptConnection, seq, frame: head + seq + tail });
    return seq;
  }

  #recall({ room: name, lastSeq, forgotten, known }: RecalledRoom): void {
    const room = this.#rooms.get(name) ?? { counter: 0, numbers: new Map(), numbersBefore: new Map() };
    this.#rooms.set(name, room);
    room.counter = Math.max(room.counter, lastSeq);
    for (const id of forgotten) {
      room.numbers.delete(id);
      room.numbersBefore.delete(id);
    }
    for (const { id, seq } of known) if (!room.numbers.has(id)) room.numbers.set(id, seq);
  }

  #carry(frame: Frame): void {
    if (this.#frames.push(frame) === 1) setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    const frames = this.#frames;
    this.#frames = [];
    for (const { channel, exceptConnection, seq, frame } of frames) {
      const bytes = Buffer.from(frame);
      for (const { listener, hears } of this.#subscribers) {
        if (hears(channel)) listener(channel, exceptConnection, seq, bytes);
      }
    }
  }
}

function numberOf(room: Room, id: string): number {
  const remembered = room.numbers.get(id) ?? room.numbersBefore.get(id);
  if (remembered !== undefined) return remembered;
  const seq = ++room.counter;
  if (seq % REMEMBERED_IDS === 0) {
    room.numbersBefore = room.numbers;
    room.numbers = new Map();
  }
  room.numbers.set(id, seq);
  return seq;
}
