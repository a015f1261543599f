import { Histogram, type SparseHistogram } from './histogram.ts';
import type { PostReport } from './samples.ts';

const SECOND_US = 1_000_000;

export class PostRecorder {
  readonly #latency = new Histogram();
  readonly #perSecond = new Map<number, number>();

  /** Times are µs since run start. */
  answer(sentAtUs: number, answeredAtUs: number): void {
    this.#latency.record(answeredAtUs - sentAtUs);
    const second = Math.floor(answeredAtUs / SECOND_US);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
  }

  report(): PostReport<SparseHistogram> {
    return { latency: this.#latency.snapshot(), perSecond: ascending(this.#perSecond) };
  }
}

export function mergePosts(
  a: PostReport<SparseHistogram> | null,
  b: PostReport<SparseHistogram> | null,
): PostReport<SparseHistogram> | null {
  if (a === null || b === null) return a ?? b;
  const latency = new Histogram();
  latency.add(a.latency);
  latency.add(b.latency);
  const perSecond = new Map(a.perSecond);
  for (const [second, count] of b.perSecond) perSecond.set(second, (perSecond.get(second) ?? 0) + count);
  return { latency: latency.snapshot(), perSecond: ascending(perSecond) };
}

function ascending(perSecond: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...perSecond].sort(([one], [other]) => one - other);
}
