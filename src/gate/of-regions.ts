import { labelRegions, type RegionPair } from '../record/region-pair.ts';
import { AT_END } from './of-group.ts';
import { timesOf } from './read-result.ts';
import type { Subject } from './subject.ts';

/**
 * The subject as it is of deliveries from the agents of one region to those of another: read from the run's end. Which of them were lost is
 * not known, so any lost delivery of the run counts as endless. A string says why there is none.
 */
export function ofRegions(subject: Subject, regions: RegionPair): Subject | string {
  const { metric, statistic } = subject;
  if (statistic === null || metric.name !== 'delivery')
    return `${metric.name} is not told apart by region, expected delivery`;
  const breakdown = labelRegions(regions);
  return {
    statistic,
    metric: {
      ...metric,
      ...AT_END,
      breakdown,
      read({ result }) {
        const encoded = result?.samples.breakdowns[breakdown];
        return result === null || encoded === undefined ? null : timesOf(encoded, result.samples.ledger.lost);
      },
    },
  };
}
