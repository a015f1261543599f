import { Histogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { KnownSecond } from './known-run.ts';

/**
 * Seconds that follow one another, folded into one that says of them what their readers ask for (`read-seconds.ts`): in memory that
 * does not grow with their number. What was folded in first may be taken out again.
 */
const NOTHING = new Histogram().snapshot();

export class SecondsFold {
  readonly #delivery = new Histogram();
  #first = 0;
  #length = 0;
  #offered = 0;
  #sent = 0;
  #skipped = 0;
  #delivered = 0;
  #inFlight = 0;

  add(interval: RawInterval): void {
    if (this.#length === 0) this.#first = interval.second;
    this.#length++;
    this.#count(interval, 1);
    this.#delivery.add(interval.delivery);
  }

  /**
   * @param interval  the first of those that are in it
   * @param next  the second that then is the first
   */
  removeFirst(interval: RawInterval, next: number): void {
    this.#first = next;
    this.#length--;
    this.#count(interval, -1);
    this.#delivery.subtract(interval.delivery);
  }

  /** Null where nothing is in it. */
  read(): KnownSecond | null {
    if (this.#length === 0) return null;
    return {
      second: this.#first,
      length: this.#length,
      offered: this.#offered,
      sent: this.#sent,
      skipped: this.#skipped,
      delivered: this.#delivered,
      inFlight: this.#inFlight,
      latenessMaxUs: 0,
      loopDelay: NOTHING,
      delivery: this.#delivery.snapshot(),
    };
  }

  #count({ offered, sent, skipped, delivered, inFlight }: RawInterval, sign: 1 | -1): void {
    this.#offered += sign * offered;
    this.#sent += sign * sent;
    this.#skipped += sign * skipped;
    this.#delivered += sign * delivered;
    this.#inFlight += sign * inFlight;
  }
}
