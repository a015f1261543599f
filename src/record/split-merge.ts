import { leastOf } from '../extremes.ts';
import { Histogram } from './histogram.ts';
import { zeroCounts } from './ledger-counts.ts';
import { ZERO_REPORT } from './merge-reports.ts';
import { OwnShareRecorder } from './own-share.ts';
import type { ShardReport } from './shard-report.ts';
import { MISSING_COLUMNS, RECEIVED_COLUMNS, SENT_COLUMNS, type SplitSecond } from './split-log.ts';

const SECOND_US = 1_000_000;

/** Deliveries of a message of whose send nobody has told by so long after are left out: its shard is gone. */
const PATIENCE_US = 5 * SECOND_US;

/** A message that has not reached all its recipients. */
interface OpenMessage {
  readonly intendedAtUs: number;
  readonly sentAtUs: number;
  readonly recipients: number;
  readonly ownUs: number;
  received: number;
}

/**
 * Puts together what shards tell of messages in split rooms: fan-out, which needs all recipients, and service times and the
 * generator's own part, which need the time of the send. All figures are those that one shard with all clients would have recorded.
 *
 * Deliveries are taken in the order of their times, a second after all shards have told that this second is over. So of each message only
 * how many have got it is remembered, and of deliveries those of two seconds: memory is O(messages in flight + deliveries a second).
 */
export class SplitMerge {
  /** By shard: the second up to which it has told all; infinite once it is over. */
  readonly #told: number[];
  readonly #lost = new Set<number>();
  readonly #ends = new Map<number, number>();
  readonly #unsent = new Set<number>();
  readonly #messages = new Map<number, OpenMessage>();
  readonly #missing: Float64Array[] = [];
  #waiting: Float64Array[] = [];
  #takenUs = 0;
  readonly #service = new Histogram();
  readonly #first = new FanoutRecorder();
  readonly #median = new FanoutRecorder();
  readonly #last = new FanoutRecorder();
  readonly #ownDelivery = new OwnShareRecorder();
  readonly #ownService = new OwnShareRecorder();

  constructor(shards: number) {
    this.#told = new Array<number>(shards).fill(-1);
  }

  add(shard: number, { second, sent, received, unsent, endsAt, missing }: SplitSecond): void {
    for (let i = 0; i < sent.length; i += SENT_COLUMNS) {
      const [number, intendedAtUs, sentAtUs, recipients, ownUs] = sent.subarray(i, i + SENT_COLUMNS) as unknown as Row;
      this.#messages.set(number, { intendedAtUs, sentAtUs, recipients, ownUs, received: 0 });
    }
    if (received.length > 0) this.#waiting.push(received);
    for (const number of unsent) this.#unsent.add(number);
    if (endsAt !== null) this.#ends.set(shard, endsAt);
    if (missing.length > 0) this.#missing.push(missing);
    this.#told[shard] = Math.max(this.#told[shard]!, second);
    this.#takeReady();
  }

  /** Nothing more will come of this shard. @param isLost it has not reported: what it sent is not known */
  over(shard: number, isLost: boolean): void {
    if (isLost) this.#lost.add(shard);
    this.#told[shard] = Number.POSITIVE_INFINITY;
    this.#takeReady();
  }

  /** What has to be added to the reports of all shards. Its counts correct theirs, and may be negative. */
  report(): ShardReport {
    this.#takeUntil(Number.POSITIVE_INFINITY);
    const { ledger, warmupLedger } = this.#withdrawUnsent();
    return {
      ...ZERO_REPORT,
      histograms: {
        ...ZERO_REPORT.histograms,
        service: this.#service.snapshot(),
        fanoutFirst: this.#first.histogram.snapshot(),
        fanoutMedian: this.#median.histogram.snapshot(),
        fanoutLast: this.#last.histogram.snapshot(),
      },
      own: {
        delivery: this.#ownDelivery.snapshot(),
        service: this.#ownService.snapshot(),
        fanoutFirst: this.#first.own.snapshot(),
        fanoutMedian: this.#median.own.snapshot(),
        fanoutLast: this.#last.own.snapshot(),
      },
      ledger,
      warmupLedger,
    };
  }

  #takeReady(): void {
    const told = leastOf(this.#told);
    if (told === Number.POSITIVE_INFINITY) return;
    if (told * SECOND_US > this.#takenUs) this.#takeUntil(told * SECOND_US);
  }

  /** Takes the deliveries before this time. */
  #takeUntil(endUs: number): void {
    this.#takenUs = endUs;
    const later: number[] = [];
    const byMessage = new Map<number, Deliveries>();
    for (const rows of this.#waiting) {
      // Most rows are of the same message as the one before.
      let number = Number.NaN;
      let deliveries: Deliveries = { atUs: [], blockedUs: [] };
      for (let i = 0; i < rows.length; i += RECEIVED_COLUMNS) {
        const atUs = rows[i + 1]!;
        if (atUs >= endUs || (atUs >= endUs - PATIENCE_US && !this.#messages.has(rows[i]!))) {
          later.push(rows[i]!, atUs, rows[i + 2]!);
          continue;
        }
        if (rows[i] !== number) {
          number = rows[i]!;
          deliveries = byMessage.get(number) ?? { atUs: [], blockedUs: [] };
          byMessage.set(number, deliveries);
        }
        deliveries.atUs.push(atUs);
        deliveries.blockedUs.push(rows[i + 2]!);
      }
    }
    this.#waiting = later.length === 0 ? [] : [Float64Array.from(later)];
    for (const [number, deliveries] of byMessage) {
      const message = this.#messages.get(number);
      if (message === undefined) continue;
      this.#record(message, deliveries);
      if (message.received === message.recipients) this.#messages.delete(number);
    }
  }

  #record(message: OpenMessage, deliveries: Deliveries): void {
    const { intendedAtUs, sentAtUs, ownUs, recipients } = message;
    const waitedUs = sentAtUs - intendedAtUs;
    const { atUs, blockedUs } = deliveries;
    for (let i = 0; i < atUs.length; i++) {
      const serviceUs = atUs[i]! - sentAtUs;
      const allOwnUs = ownUs + blockedUs[i]!;
      this.#service.record(serviceUs);
      this.#ownDelivery.note(serviceUs + waitedUs, allOwnUs);
      this.#ownService.note(serviceUs, allOwnUs - waitedUs);
    }
    const before = message.received;
    message.received += atUs.length;
    let inOrder: Float64Array | null = null;
    const ranks = [1, Math.ceil(recipients / 2), recipients];
    for (const [i, fanout] of [this.#first, this.#median, this.#last].entries()) {
      const rank = ranks[i]!;
      if (rank <= before || rank > message.received) continue;
      inOrder ??= Float64Array.from(atUs).sort();
      const at = inOrder[rank - before - 1]!;
      fanout.record(at - intendedAtUs, ownUs + blockedUs[atUs.indexOf(at)]!);
    }
  }

  /** What shards lack of messages that were never sent, as they did not hear in time or the sender's shard is gone. */
  #withdrawUnsent(): Pick<ShardReport, 'ledger' | 'warmupLedger'> {
    const withdrawn = { ledger: zeroCounts(), warmupLedger: zeroCounts() };
    for (const rows of this.#missing) {
      for (let i = 0; i < rows.length; i += MISSING_COLUMNS) {
        const [number, deliveries, measured, shard] = [rows[i]!, rows[i + 1]!, rows[i + 2]!, rows[i + 3]!];
        const isBeyondEnd = number >= (this.#ends.get(shard) ?? Number.POSITIVE_INFINITY);
        if (!isBeyondEnd && !this.#unsent.has(number) && !this.#lost.has(shard)) continue;
        const counts = withdrawn[measured === 1 ? 'ledger' : 'warmupLedger'];
        counts.expected -= deliveries;
        counts.lost -= deliveries;
      }
    }
    return withdrawn;
  }
}

type Row = [number: number, intendedAtUs: number, sentAtUs: number, recipients: number, ownUs: number];

/** Of one message, in no order. */
interface Deliveries {
  readonly atUs: number[];
  readonly blockedUs: number[];
}

class FanoutRecorder {
  readonly histogram = new Histogram();
  readonly own = new OwnShareRecorder();

  record(latencyUs: number, ownUs: number): void {
    this.histogram.record(latencyUs);
    this.own.note(latencyUs, ownUs);
  }
}
