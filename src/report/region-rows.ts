import { summarizeHistogram } from '../record/histogram-summary.ts';
import { readRegions } from '../record/region-pair.ts';
import type { RunResult } from '../result/run-result.ts';
import { type LatencyRow, withhold } from './latency-rows.ts';

/** Deliveries from the agents of one region to those of another. */
export interface RegionRow extends Pick<LatencyRow, 'values' | 'isUnknown'> {
  readonly from: string;
  readonly to: string;
  /** How far their clocks leave each of the times open, µs; 0: one clock measured them; -1: by any. */
  readonly clockErrorUs: number;
  /**
   * The mean of the means of both ways, µs. By as much as the clocks make one way longer they make the other shorter, so that it has no
   * error of theirs, exactly where each region is one agent. Null where nothing went one of the ways, or both are the same.
   */
  readonly bothWaysMeanUs: number | null;
}

/** Each way that deliveries went between regions; none where agents have fewer than two, or no room spans them. */
export function regionRows({ samples, clockErrorUs = 0, clockErrorsUs = {} }: RunResult): readonly RegionRow[] {
  const ways = Object.entries(samples.breakdowns).flatMap(([label, encoded]) => {
    const regions = readRegions(label);
    const values = summarizeHistogram(encoded);
    return regions === null || values === null ? [] : [{ ...regions, label, values }];
  });
  if (ways.every(({ from, to }) => from === to)) return [];
  return ways.map(({ from, to, label, values }) => {
    const errorUs = clockErrorsUs[label] ?? clockErrorUs;
    const back = from === to ? undefined : ways.find((way) => way.from === to && way.to === from);
    return {
      from,
      to,
      ...withhold({ values }, errorUs),
      clockErrorUs: errorUs,
      bothWaysMeanUs: back === undefined ? null : (values.meanUs + back.values.meanUs) / 2,
    };
  });
}
