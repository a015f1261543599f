import { BlockLog } from './block-log.ts';
import { Histogram } from './histogram.ts';

/** How often the loop is to come round to a beat, µs. */
export const BEAT_US = 10_000;

/** A beat that comes up to here late, µs, is what timers cost, and no block. */
export const PUNCTUAL_US = 2_000;

/**
 * How late an event loop comes round to a beat that is due every `BEAT_US`, and what a value that is read after a block owes to
 * it. All times are integer µs on one monotonic clock.
 *
 * A block of B swallows ⌊B / BEAT_US⌋ beats or one more. Each of them counts with its own delay (the first with nearly B, the
 * last with nearly 0), so that a share q of *time* is seen at quantile q: one value per block would omit what it hides, like a
 * closed loop.
 */
export class LoopDelay {
  readonly delay = new Histogram();
  readonly #blocks = new BlockLog();
  #dueUs: number;
  /** From when on nothing was read, while what has gathered since is still being read; endless where nothing has. */
  #blockedFromUs = Number.POSITIVE_INFINITY;

  /** @param nowUs when the first beat was asked for */
  constructor(nowUs: number) {
    this.#dueUs = nowUs + BEAT_US;
  }

  /** When the next beat is due, µs. */
  get dueUs(): number {
    return this.#dueUs;
  }

  /** The loop has come round. True where it was blocked before: `readOn` is to be called once what gathered meanwhile is read. */
  beat(nowUs: number): boolean {
    if (nowUs < this.#dueUs) return false;
    const isBlocked = nowUs - this.#dueUs > PUNCTUAL_US;
    if (isBlocked) {
      this.#blockedFromUs = Math.min(this.#blockedFromUs, this.#dueUs - BEAT_US);
      this.#blocks.note(nowUs, nowUs - this.#dueUs);
    }
    for (; this.#dueUs <= nowUs; this.#dueUs += BEAT_US) this.delay.record(nowUs - this.#dueUs);
    return isBlocked;
  }

  /** What gathered during a block has been read: from now on values owe it nothing. */
  readOn(): void {
    this.#blockedFromUs = Number.POSITIVE_INFINITY;
  }

  /**
   * How much of the time from `sinceUs` to now the loop may have stood still, at most: what is read now may have been there for
   * so long. 0 where the loop came round in time. Exceeds the truth by less than `BEAT_US`, and is never below it by more than
   * `PUNCTUAL_US` and a beat.
   */
  blockedUs(sinceUs: number, nowUs: number): number {
    // A beat that is overdue: the block is not over as far as beats know, sockets are read before timers run.
    const isOverdue = nowUs - this.#dueUs > PUNCTUAL_US;
    if (!isOverdue && this.#blockedFromUs === Number.POSITIVE_INFINITY) return 0;
    const fromUs = isOverdue ? Math.min(this.#blockedFromUs, this.#dueUs - BEAT_US) : this.#blockedFromUs;
    return Math.max(0, nowUs - Math.max(sinceUs, fromUs));
  }

  /**
   * How much of the time from `sinceUs` to now the loop stood still, all blocks together, at least: short of the truth by less than
   * `BEAT_US` for each of them.
   */
  stoodStillUs(sinceUs: number, nowUs: number): number {
    const overdueUs = nowUs - this.#dueUs;
    const nowBlockedUs = overdueUs > PUNCTUAL_US ? Math.min(overdueUs, nowUs - sinceUs) : 0;
    return this.#blocks.since(sinceUs) + nowBlockedUs;
  }
}
