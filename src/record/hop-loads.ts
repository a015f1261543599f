import { summarizeHistogram } from './histogram-summary.ts';
import { observedStatistic } from './observed-statistics.ts';
import type { Hop } from './samples.ts';

/** A hop of deliveries, and what the process that it is in used meanwhile. */
export interface HopLoad {
  readonly name: string;
  readonly meanUs: number;
  /** Of the way's mean, 0–1. */
  readonly share: number;
  /** The busiest that it may be in, with its CPU over measure, 1 = one core; null where none of them was seen. */
  readonly process: { readonly name: string; readonly cpuRatio: number } | null;
}

/** What was seen of processes; see `ProcessSeries` of the result. */
interface Process {
  readonly name: string;
  readonly atUs: readonly number[];
  readonly cpuRatio: readonly (number | null)[];
}

/** Where the bundled cluster is at a hop; in one process with all of it where it is embedded. */
const PLACES: Readonly<Record<string, RegExp>> = {
  generator: /^generator-/,
  'to gateway': /^(gateway-|embedded$)/,
  gateway: /^(gateway-|embedded$)/,
  queue: /^(rabbitmq|embedded)$/,
  worker: /^(worker-|embedded$)/,
  commit: /^(postgres|embedded)$/,
  publish: /^(redis|embedded)$/,
  'to recipient': /^(gateway-|embedded$)/,
};

/** The hops of deliveries in the order in which a message passes; none where its frames do not say. */
export function readHopLoads(
  hops: readonly Hop<string>[],
  processes: readonly Process[] | null,
  measure: { readonly warmupEndUs: number; readonly measureEndUs: number },
): readonly HopLoad[] {
  const means = hops.flatMap(({ name, way, histogram }) => {
    const values = way === 'delivery' ? summarizeHistogram(histogram) : null;
    return values === null ? [] : [{ name, meanUs: values.meanUs }];
  });
  const totalUs = means.reduce((sum, { meanUs }) => sum + meanUs, 0);
  if (totalUs === 0) return [];
  const loads = (processes ?? []).flatMap(({ name, atUs, cpuRatio }) => {
    const columns = { atUs, values: cpuRatio };
    const mean = observedStatistic(columns, 'mean', measure.warmupEndUs, measure.measureEndUs);
    return mean === null ? [] : [{ name, cpuRatio: mean }];
  });
  return means.map(({ name, meanUs }) => {
    const [busiest] = loads
      .filter((load) => PLACES[name]?.test(load.name))
      .sort((one, other) => other.cpuRatio - one.cpuRatio);
    return { name, meanUs, share: meanUs / totalUs, process: busiest ?? null };
  });
}
