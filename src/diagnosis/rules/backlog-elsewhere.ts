import { formatNumber, formatRate } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';
import { measureGrowth } from '../growth.ts';
import { findOverload } from '../overload.ts';

/** Of the backlog that grows: less than this of it stands elsewhere. */
const LEAST_SHARE = 0.5;
const LEAST_FIT = 0.8;

/** Which of the numbers that are observed filled up while the target did not take its load: there the messages wait. */
export function backlogElsewhere(result: RunResult): Finding {
  const overload = findOverload(result);
  if (overload === null) return null;
  const { warmupEndUs, measureEndUs } = result.phases;
  const [fullest] = (result.observed ?? [])
    .filter(({ unit, source }) => unit === 'number' && source !== 'process')
    .flatMap((series) => {
      const growth = measureGrowth(series, warmupEndUs, measureEndUs);
      if (growth === null || growth.fit < LEAST_FIT) return [];
      // What counts something else, such as rows that are stored, grows by what was taken and not by what was left.
      const share = growth.perSecond / overload.growthPerSecond;
      return share >= LEAST_SHARE && share <= 1 / LEAST_SHARE ? [{ name: series.name, growth, share }] : [];
    })
    .sort((one, other) => Math.abs(1 - one.share) - Math.abs(1 - other.share));
  if (fullest === undefined) return null;
  const { name, growth } = fullest;
  return {
    text: `The messages wait in ${name}: it grew by ${formatRate(growth.perSecond)}, to ${formatNumber(Math.round(growth.to))} at the end of measure. Whoever empties it is too slow.`,
    evidence: { growthPerSecond: growth.perSecond, to: growth.to },
  };
}
