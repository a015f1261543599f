import type { Clock } from '../../clock.ts';
import { type Connection, isOpen } from './connection.ts';

export interface PulseSettings {
  /** How often each client is pinged, ms. */
  readonly everyMs: number;
  /** How long it may take to be heard after that, by its pong or anything else, ms. */
  readonly timeoutMs: number;
}

/** A client that is cut off is gone 35 s later. */
export const PULSE: PulseSettings = { everyMs: 25_000, timeoutMs: 10_000 };

/** The longest step in which time is counted, ms. */
const LONGEST_TICK_MS = 1_000;
const TICKS = 20;

/** What is pinged, and told dead. */
export type Pulsed = {
  readonly webSocket: Pick<Connection['webSocket'], 'ping' | 'terminate' | 'isPaused' | 'readyState'>;
  readonly socket: Pick<Connection['socket'], 'bytesRead'>;
};

interface Waiting {
  readonly bytesRead: number;
  ticks: number;
}

/**
 * Pings clients, and ends the connections of those that are not heard of. A peer that vanished without a word is otherwise there
 * until TCP gives up, which it does only where something is sent, after a quarter of an hour.
 *
 * Clients are pinged in turn, some at each tick. Time is counted in ticks: a process that stood still has one of them behind it,
 * however long it took, and reads what has come meanwhile before the next. A client that the gateway itself reads no further is not judged.
 */
export class Pulse {
  readonly #clock: Clock;
  readonly #tickUs: number;
  readonly #timeoutTicks: number;
  /** Each client is in one of them, and is pinged when its turn comes. */
  readonly #turns: readonly Set<Pulsed>[];
  readonly #waiting = new Map<Pulsed, Waiting>();
  #tick = 0;
  #joined = 0;
  #closed = 0;
  #cancel: () => void;

  constructor(clock: Clock, { everyMs, timeoutMs }: PulseSettings = PULSE) {
    const tickMs = Math.min(LONGEST_TICK_MS, everyMs / TICKS, timeoutMs / TICKS);
    this.#clock = clock;
    this.#tickUs = tickMs * 1_000;
    this.#timeoutTicks = Math.ceil(timeoutMs / tickMs);
    this.#turns = Array.from({ length: Math.round(everyMs / tickMs) }, () => new Set());
    this.#cancel = clock.after(this.#tickUs, () => this.#run());
  }

  /** Connections ended since start. */
  get closed(): number {
    return this.#closed;
  }

  /** From now on it is pinged. Yields what ends that. */
  add(client: Pulsed): () => void {
    const turn = this.#turns[this.#joined++ % this.#turns.length]!;
    turn.add(client);
    return () => {
      turn.delete(client);
      this.#waiting.delete(client);
    };
  }

  stop(): void {
    this.#cancel();
  }

  #run(): void {
    this.#cancel = this.#clock.after(this.#tickUs, () => this.#run());
    for (const [client, waiting] of this.#waiting) this.#judge(client, waiting);
    for (const client of this.#turns[this.#tick++ % this.#turns.length]!) this.#ping(client);
  }

  #ping(client: Pulsed): void {
    const { webSocket, socket } = client;
    if (this.#waiting.has(client) || !isOpen(client)) return;
    webSocket.ping();
    this.#waiting.set(client, { bytesRead: socket.bytesRead, ticks: this.#timeoutTicks });
  }

  #judge(client: Pulsed, waiting: Waiting): void {
    const { webSocket, socket } = client;
    if (socket.bytesRead > waiting.bytesRead) this.#waiting.delete(client);
    else if (!webSocket.isPaused && --waiting.ticks <= 0) {
      this.#waiting.delete(client);
      this.#closed++;
      webSocket.terminate();
    }
  }
}
