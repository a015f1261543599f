import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

/** Bytes that may be under way before the sender is held back. */
const WINDOW_BYTES = 1024 * 1024;

/**
 * Carries one direction of a connection, with a delay that may change at any time. Order is kept: nothing is released before what
 * came earlier, also when the delay gets shorter.
 */
export class DelayedLink {
  readonly #from: Socket;
  readonly #to: Pick<Socket, 'write' | 'end'>;
  readonly #clock: Clock;
  readonly #delayUs: () => number;
  #releaseAtUs = 0;
  #waitingBytes = 0;

  constructor(from: Socket, to: Pick<Socket, 'write' | 'end'>, clock: Clock, delayUs: () => number) {
    this.#from = from;
    this.#to = to;
    this.#clock = clock;
    this.#delayUs = delayUs;
    from.on('data', (chunk) => this.#carry(chunk.length, () => this.#to.write(chunk)));
    from.on('end', () => this.#carry(0, () => this.#to.end()));
  }

  #carry(bytes: number, release: () => void): void {
    const nowUs = this.#clock.nowUs();
    this.#releaseAtUs = Math.max(this.#releaseAtUs, nowUs + this.#delayUs());
    if (this.#releaseAtUs <= nowUs && this.#waitingBytes === 0) {
      release();
      return;
    }
    this.#waitingBytes += bytes;
    if (this.#waitingBytes > WINDOW_BYTES) this.#from.pause();
    this.#clock.after(this.#releaseAtUs - nowUs, () => {
      this.#waitingBytes -= bytes;
      if (this.#waitingBytes <= WINDOW_BYTES) this.#from.resume();
      release();
    });
  }
}
