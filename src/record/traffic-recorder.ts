import type { TrafficKind } from '../choices.ts';
import { Histogram, type SparseHistogram } from './histogram.ts';
import type { TrafficReport } from './samples.ts';

/** Counts one kind. The caller passes only what belongs to measure. */
export class TrafficRecorder {
  readonly #kind: TrafficKind;
  readonly #latency: Histogram | null;
  #planned = 0;
  #sent = 0;
  #failed = 0;
  #received = 0;
  #answered = 0;

  constructor(kind: TrafficKind) {
    this.#kind = kind;
    this.#latency = kind === 'history' ? new Histogram() : null;
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

  /** What was sent has been answered. */
  answer(latencyUs: number): void {
    this.#answered++;
    this.#latency?.record(latencyUs);
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
      latency: addLatencies(one.latency, other.latency),
    };
  });
}

function addLatencies(a: SparseHistogram | null, b: SparseHistogram | null): SparseHistogram | null {
  if (a === null || b === null) return a ?? b;
  const latency = new Histogram();
  latency.add(a);
  latency.add(b);
  return latency.snapshot();
}
