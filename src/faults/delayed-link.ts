import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

/** Bytes that may be under way before the sender is held back. */
const WINDOW_BYTES = 1024 * 1024;

type Receiver = Pick<Socket, 'write' | 'end' | 'destroySoon'>;

/** Data, or the end of it, that is under way. */
interface Parcel {
  readonly dueUs: number;
  readonly bytes: number;
  readonly release: () => void;
}

/**
 * Carries one direction of a connection, its end included, with a delay that may change at any time. Order is kept: nothing is
 * released before what came earlier, also when the delay gets shorter. One timer serves the whole queue, because timers of their
 * own, which are of different lengths, would fire in any order where they are due at once.
 */
export class DelayedLink {
  readonly #from: Socket;
  readonly #clock: Clock;
  readonly #delayUs: () => number;
  /** In the order of arrival, which is also that of `dueUs`. */
  readonly #underWay: Parcel[] = [];
  #waitingBytes = 0;

  constructor(from: Socket, to: Receiver, clock: Clock, delayUs: () => number) {
    this.#from = from;
    this.#clock = clock;
    this.#delayUs = delayUs;
    from.on('data', (chunk) => this.#carry(chunk.length, () => to.write(chunk)));
    from.on('end', () => this.#carry(0, () => to.end()));
    // Also where it broke off without an end: what came before that still arrives.
    from.on('close', () => this.#carry(0, () => to.destroySoon()));
  }

  #carry(bytes: number, release: () => void): void {
    const nowUs = this.#clock.nowUs();
    const last = this.#underWay.at(-1);
    const dueUs = Math.max(last?.dueUs ?? 0, nowUs + this.#delayUs());
    if (last === undefined && dueUs <= nowUs) {
      release();
      return;
    }
    this.#underWay.push({ dueUs, bytes, release });
    this.#waitingBytes += bytes;
    if (this.#waitingBytes > WINDOW_BYTES) this.#from.pause();
    if (last === undefined) this.#wait(dueUs - nowUs);
  }

  #wait(delayUs: number): void {
    this.#clock.after(delayUs, () => this.#releaseDue());
  }

  #releaseDue(): void {
    const nowUs = this.#clock.nowUs();
    const early = this.#underWay.findIndex(({ dueUs }) => dueUs > nowUs);
    const due = this.#underWay.slice(0, early === -1 ? undefined : early);
    for (const { bytes, release } of due) {
      this.#waitingBytes -= bytes;
      release();
    }
    // Only now: what arrives meanwhile must find the queue, and go behind it.
    this.#underWay.splice(0, due.length);
    if (this.#waitingBytes <= WINDOW_BYTES) this.#from.resume();
    const next = this.#underWay[0];
    if (next !== undefined) this.#wait(next.dueUs - nowUs);
  }
}
