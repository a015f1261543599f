/**
 * Most that a gateway keeps of frames that nobody stores (typing, receipts, notifications), for each link that carries them.
 * What comes on top is dropped: a broker that stands still answers nothing, and what waits for it would grow without end.
 */
export const UNSTORED_LIMIT = { frames: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** What is under way to a broker, or waits for that. */
export class Backlog {
  #frames = 0;
  #bytes = 0;

  /** Whether one more frame that nobody stores may come on top. */
  get hasRoom(): boolean {
    return this.#frames < UNSTORED_LIMIT.frames && this.#bytes < UNSTORED_LIMIT.bytes;
  }

  add(bytes: number): void {
    this.#frames++;
    this.#bytes += bytes;
  }

  /** @param bytes of all these frames together */
  remove(bytes: number, frames = 1): void {
    this.#frames -= frames;
    this.#bytes -= bytes;
  }
}
