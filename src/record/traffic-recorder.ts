import type { TrafficKind } from '../choices.ts';
import { Histogram, mergeSparse, type SparseHistogram } from './histogram.ts';
import { mergeOwn, OwnShareRecorder } from './own-share.ts';
import type { TrafficReport } from './samples.ts';

/** Counts one kind. The caller passes only what belongs to measure. */
export class TrafficRecorder {
  readonly #kind: TrafficKind;
  readonly #latency: Histogram | null;
  readonly #lateness: Histogram | null;
  readonly #own = new OwnShareRecorder();
  #planned = 0;
  #sent = 0;
  #failed = 0;
  #received = 0;
  #answered = 0;

  constructor(kind: TrafficKind) {
    this.#kind = kind;
    this.#latency = kind === 'history' ? new Histogram() : null;
    this.#lateness = kind === 'history' ? new Histogram() : null;
  }

  send(): void {
    this.#planned++;
    this.#sent++;
  }

  /** Something was due and could not be sent. */
  skip(): void {
    this.#planned++;
    this.#failed++;
  }

  receive(): void {
    this.#received++;
  }

  /** It went out so much later than it was due. */
  noteLateness(latenessUs: number): void {
    this.#lateness?.record(latenessUs);
  }

  /**
   * What was sent has been answered.
   *
   * @param ownUs  of the latency, what the generator added itself
   */
  answer(latencyUs: number, ownUs: number): void {
    this.#answered++;
    this.#latency?.record(latencyUs);
    this.#own.note(latencyUs, ownUs);
  }

  /** What has not been answered by now has failed. */
  report(): TrafficReport<SparseHistogram> {
    const unanswered = this.#latency === null ? 0 : this.#sent - this.#answered;
    return {
      kind: this.#kind,
      planned: this.#planned,
      sent: this.#sent,
      failed: this.#failed + unanswered,
      received: this.#latency === null ? this.#received : null,
      latency: this.#latency?.snapshot() ?? null,
      lateness: this.#lateness?.snapshot() ?? null,
      own: this.#latency === null ? null : this.#own.snapshot(),
    };
  }
}

/** All shards of a run have the same kinds in the same order, or none. */
export function mergeTraffic(
  a: readonly TrafficReport<SparseHistogram>[],
  b: readonly TrafficReport<SparseHistogram>[],
): readonly TrafficReport<SparseHistogram>[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return a.map((one, i) => {
    const other = b[i]!;
    return {
      kind: one.kind,
      planned: one.planned + other.planned,
      sent: one.sent + other.sent,
      failed: one.failed + other.failed,
      received: one.received === null ? null : one.received + (other.received ?? 0),
      latency: addTimes(one.latency, other.latency),
      lateness: addTimes(one.lateness, other.lateness),
      own: one.own === null || other.own === null ? (one.own ?? other.own) : mergeOwn(one.own, other.own),
    };
  });
}

function addTimes(a: SparseHistogram | null, b: SparseHistogram | null): SparseHistogram | null {
  return a === null || b === null ? (a ?? b) : mergeSparse(a, b);
}
