/** After this long without a further one all is acknowledged, ms; at most twice as long. */
const REST_MS = 50;

/**
 * Acknowledges a channel's deliveries some at a time, and the newest one not before it has rested, for two reasons:
 * - A classic queue (version 2) that has become empty deletes its files and makes them anew for the next message. While entries
 *   come one by one that is dozens of times a second, and the queue hands nothing out meanwhile. One entry that is left keeps
 *   the files; of several queues on one channel, those of the newest delivery's.
 * - To acknowledge an entry that is on disk costs the broker another write, for one entry as for ten.
 *
 * Of a consumer that dies, what was done and not acknowledged comes again too: together with the rest, its prefetch at most.
 */
export class TrailingAck {
  readonly #ackThrough: (tag: number) => void;
  readonly #most: number;
  #done = 0;
  #acknowledged = 0;
  #timer: NodeJS.Timeout | null = null;
  #stirred = false;

  /**
   * @param ackThrough acknowledges all deliveries of the channel up to and including this tag (1 …)
   * @param most       deliveries that are held back; 0: each is acknowledged at once
   */
  constructor(ackThrough: (tag: number) => void, most: number) {
    this.#ackThrough = ackThrough;
    this.#most = most;
  }

  /** All deliveries up to and including this one are done. Tags must not decrease. */
  through(tag: number): void {
    this.#done = tag;
    if (this.#most === 0) {
      this.flush();
      return;
    }
    if (tag - this.#acknowledged > this.#most) this.#acknowledge(tag - 1);
    this.#stirred = true;
    this.#timer ??= setTimeout(() => this.#rest(), REST_MS);
  }

  /** Acknowledges what is held back. */
  flush(): void {
    this.stop();
    if (this.#done > this.#acknowledged) this.#acknowledge(this.#done);
  }

  /** The channel is gone: what is held back is acknowledged no more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #rest(): void {
    this.#timer = null;
    if (!this.#stirred) {
      this.flush();
      return;
    }
    this.#stirred = false;
    this.#timer = setTimeout(() => this.#rest(), REST_MS);
  }

  #acknowledge(tag: number): void {
    this.#acknowledged = tag;
    this.#ackThrough(tag);
  }
}
