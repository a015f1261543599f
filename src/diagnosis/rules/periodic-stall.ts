import { leastOf } from '../../extremes.ts';
import { formatLatency } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';

const SECOND_US = 1_000_000;
/** A period is told where it came at least so often. */
const LEAST_TIMES = 3;
const LEAST_PERIOD = 2;
const LEAST_CORRELATION = 0.5;
/** The worst seconds over the median one: less is no stall. */
const LEAST_RATIO = 3;
const LEAST_US = 20_000;

/**
 * Seconds in which deliveries took far longer come back at equal distances: a garbage collector, a checkpoint, a job that runs by
 * the clock. By the autocorrelation of the logarithm of each second's slowest delivery: r(k) = Σ xᵢ xᵢ₊ₖ / Σ xᵢ², x around its mean.
 */
export function periodicStall(result: RunResult): Finding {
  const { warmupEndUs, measureEndUs } = result.phases;
  const slowestUs = result.samples.intervals
    .filter(({ second }) => second * SECOND_US >= warmupEndUs && (second + 1) * SECOND_US <= measureEndUs)
    .map(({ delivery }) => summarizeHistogram(delivery)?.maxUs ?? null);
  if (slowestUs.some((us) => us === null) || slowestUs.length < LEAST_TIMES * LEAST_PERIOD) return null;
  const known = slowestUs.filter((us) => us !== null);
  const medianUs = known.toSorted((one, other) => one - other)[Math.floor(known.length / 2)]!;
  const period = strongestPeriod(known.map((us) => Math.log(Math.max(1, us))));
  if (period === null) return null;
  // Those of the phase in which they are worst.
  const phases = Array.from({ length: period.seconds }, (_, phase) =>
    known.filter((_, at) => at % period.seconds === phase),
  );
  const stallUs = phases.reduce((most, members) => Math.max(most, leastOf(members)), 0);
  if (stallUs < LEAST_RATIO * medianUs || stallUs - medianUs < LEAST_US) return null;
  return {
    text: `It stalls about every ${period.seconds} s: the slowest delivery of such a second took ${formatLatency(stallUs)} or more, of half of the seconds ${formatLatency(medianUs)} at the most. Look for what runs by the clock: garbage collection, checkpoints, jobs.`,
    evidence: { periodSeconds: period.seconds, correlation: period.correlation, stallUs, medianUs },
  };
}

/** The shortest of the distances at which the series resembles itself most; null where it hardly does. */
function strongestPeriod(values: readonly number[]): { readonly seconds: number; readonly correlation: number } | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const around = values.map((value) => value - mean);
  const total = around.reduce((sum, value) => sum + value * value, 0);
  if (total === 0) return null;
  let best: { seconds: number; correlation: number } | null = null;
  for (let lag = LEAST_PERIOD; lag <= Math.floor(values.length / LEAST_TIMES); lag++) {
    const products = around.slice(lag).reduce((sum, value, at) => sum + value * around[at]!, 0);
    // Of fewer pairs than values: without this, longer distances would always look weaker.
    const correlation = (products / total) * (values.length / (values.length - lag));
    if (correlation > (best === null ? LEAST_CORRELATION : best.correlation * 1.1))
      best = { seconds: lag, correlation };
  }
  return best;
}
