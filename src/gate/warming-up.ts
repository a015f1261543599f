import { sumSparse } from '../record/histogram.ts';
import { percentileOf } from '../record/percentile-of.ts';
import type { RunResult } from '../result/run-result.ts';
import { knownOf } from './known-run.ts';

/** A measure shorter than this, seconds, has no quarters to compare. */
const LEAST_SECONDS = 8;
/** Fewer values make no p95. */
const LEAST_VALUES = 20;
/** What p95 falls by while nothing changes, of a target that gets faster; less is how runs differ. */
const LEAST_RATIO = 1.5;
const LEAST_US = 200;

/**
 * How p95 of delivery fell, µs, from the first quarter of measure to its last, of a steady load on a target that nobody breaks: what
 * it fell by is a target that still compiles, fills caches or opens connections. Null where it did not, or cannot be told.
 */
export function fallOfP95(result: RunResult): { readonly firstUs: number; readonly lastUs: number } | null {
  const { scenario, phases } = result;
  const rates = scenario.load.stages.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]);
  const isSteady = scenario.load.loop === 'open' && new Set(rates).size === 1 && scenario.faults.length === 0;
  const seconds = knownOf(result).seconds.filter(
    ({ second }) => second * 1e6 >= phases.warmupEndUs && (second + 1) * 1e6 <= phases.measureEndUs,
  );
  if (!isSteady || seconds.length < LEAST_SECONDS) return null;
  const quarter = Math.floor(seconds.length / 4);
  const [firstUs, lastUs] = [seconds.slice(0, quarter), seconds.slice(-quarter)].map((part) => {
    const times = sumSparse(part.map(({ due }) => due));
    return times.count < LEAST_VALUES ? null : percentileOf(times, 95);
  });
  if (firstUs == null || lastUs == null) return null;
  return firstUs >= LEAST_RATIO * lastUs && firstUs - lastUs >= LEAST_US ? { firstUs, lastUs } : null;
}
