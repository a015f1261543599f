import { Histogram, mergeSparse, type SparseHistogram, sumSparse } from '../record/histogram.ts';
import type { KnownSecond } from './known-run.ts';

/** What is counted of a second by when it happened. */
export type SecondCounts = Pick<KnownSecond, 'offered' | 'sent' | 'skipped' | 'delivered'>;

/**
 * Seconds that follow one another, folded into one that says of them what their readers ask for (`read-seconds.ts`): in memory that
 * does not grow with their number. What was folded in may be taken out again.
 */
export class SecondsFold {
  readonly #due = new Histogram();
  readonly #counts = { length: 0, offered: 0, sent: 0, skipped: 0, delivered: 0 };

  add(counts: SecondCounts): void {
    this.#count(counts, 1);
  }

  remove(counts: SecondCounts): void {
    this.#count(counts, -1);
  }

  addDue(delivery: SparseHistogram): void {
    this.#due.add(delivery);
  }

  removeDue(delivery: SparseHistogram): void {
    this.#due.subtract(delivery);
  }

  /**
   * @param second  as which it is read: the first of them
   * @param lost  of what was due in them
   * @param waited  what has not arrived of it, taken for as late as it is by now
   * @param ownMaxUs  the most that the generator was late or blocked in them
   */
  read(second: number, lost: number, waited: SparseHistogram | null, ownMaxUs: number): KnownSecond {
    const due = this.#due.snapshot();
    return { second, ...this.#counts, due: waited === null ? due : mergeSparse(due, waited), lost, ownMaxUs };
  }

  #count({ offered, sent, skipped, delivered }: SecondCounts, sign: 1 | -1): void {
    const counts = this.#counts;
    counts.length += sign;
    counts.offered += sign * offered;
    counts.sent += sign * sent;
    counts.skipped += sign * skipped;
    counts.delivered += sign * delivered;
  }
}

/** A second after those that are folded, of which only that is known. */
export function onlyOwn(second: number, ownMaxUs: number): KnownSecond {
  return { second, offered: 0, sent: 0, skipped: 0, delivered: 0, due: sumSparse([]), lost: 0, ownMaxUs };
}
