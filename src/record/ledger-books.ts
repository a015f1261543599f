import type { AnswersBySender } from './answers-by-sender.ts';
import type { ClientGroups } from './group-recorder.ts';
import { addCounts, type MutableCounts, zeroCounts } from './ledger-counts.ts';
import type { LedgerCounts } from './samples.ts';

/** What has been counted of messages and deliveries: by phase and, where there are groups, by the sender's group. */
export class LedgerBooks {
  readonly #answers: AnswersBySender;
  /** By client; null: there are no groups. */
  readonly #groupOf: Uint8Array | null;
  /** Index 0: warm-up, 1: measure, of what is known to be of no group's messages; then the same of each group. Their sums are the run's. */
  readonly #counts: readonly MutableCounts[];
  /** The first message of measure; infinite until there is one. */
  #firstMeasured: number;

  /** @param firstMeasured  the first message of measure, where that is known before it comes */
  constructor(groups: ClientGroups | null, answers: AnswersBySender, firstMeasured = Number.POSITIVE_INFINITY) {
    this.#answers = answers;
    this.#groupOf = groups?.groupOf ?? null;
    this.#counts = Array.from({ length: 2 + 2 * (groups?.names.length ?? 0) }, zeroCounts);
    this.#firstMeasured = firstMeasured;
  }

  /** Of what this client sends in a phase. */
  ofSender(sender: number, measured: boolean): MutableCounts {
    const book = this.#groupOf === null ? 0 : 2 + 2 * this.#groupOf[sender]!;
    return this.#counts[measured ? book + 1 : book]!;
  }

  /** Of a message of which nothing is known any more but its sequence. */
  ofSettled(sequence: number): MutableCounts {
    return this.#counts[this.isMeasured(sequence) ? 1 : 0]!;
  }

  /** Of measure, what is of no message of this shard. */
  get ofStrays(): MutableCounts {
    return this.#counts[1]!;
  }

  isMeasured(sequence: number): boolean {
    return sequence >= this.#firstMeasured;
  }

  /** To be told of every message of measure. */
  noteMeasured(sequence: number): void {
    if (sequence < this.#firstMeasured) this.#firstMeasured = sequence;
  }

  /** All books of a phase together: 0 is warm-up, 1 measure. */
  sumOf(phase: 0 | 1): LedgerCounts {
    let sum = this.#read(phase);
    for (let book = 2 + phase; book < this.#counts.length; book += 2) sum = addCounts(sum, this.#read(book));
    return sum;
  }

  /** By group, measure. */
  listGroups(): readonly LedgerCounts[] {
    return this.#counts.slice(2).flatMap((_, book) => (book % 2 === 1 ? [this.#read(2 + book)] : []));
  }

  /** Messages that the server has neither acknowledged nor refused; 0 where it does not acknowledge. */
  countAwaitedAcks(): number {
    return this.#counts.reduce(
      (sum, { sent, acked, rejected }, book) =>
        this.#isAcknowledged(book) ? sum + Math.max(0, sent - acked - rejected) : sum,
      0,
    );
  }

  #read(book: number): LedgerCounts {
    const counts = this.#counts[book]!;
    return { ...counts, acksExpected: this.#isAcknowledged(book) ? counts.sent - counts.limited : 0 };
  }

  /** Whether the server acknowledges what is in this book. */
  #isAcknowledged(book: number): boolean {
    return this.#answers.toGroup(book < 2 ? null : (book >>> 1) - 1).expectsAck;
  }
}
