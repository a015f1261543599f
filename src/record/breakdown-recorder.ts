import { Histogram, type SparseHistogram } from './histogram.ts';

/** What deliveries are told apart by. Each answers with one of its labels' positions; −1: that is not known of this one. */
export interface Breakdown {
  readonly labels: readonly string[];
  classify(room: number, sender: number, recipient: number): number;
}

/** Delivery latencies of measure by every label of every breakdown. */
export class BreakdownRecorder {
  readonly #parts: readonly { readonly by: Breakdown; readonly histograms: readonly Histogram[] }[];

  constructor(breakdowns: readonly Breakdown[]) {
    this.#parts = breakdowns.map((by) => ({ by, histograms: by.labels.map(() => new Histogram()) }));
  }

  delivered(room: number, sender: number, recipient: number, latencyUs: number): void {
    for (const { by, histograms } of this.#parts) {
      histograms[by.classify(room, sender, recipient)]?.record(latencyUs);
    }
  }

  snapshot(): Readonly<Record<string, SparseHistogram>> {
    return Object.fromEntries(
      this.#parts.flatMap(({ by, histograms }) =>
        by.labels.map((label, position) => [label, histograms[position]!.snapshot()] as const),
      ),
    );
  }
}
