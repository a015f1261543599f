import { formatLatency, formatShare } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';

/** Of hops of which none has this much, none is worth a word. */
const LEAST_SHARE = 0.25;

/** Where the time of a delivery goes, where the target's frames say so: the hop with the largest part of the mean. */
export function longestHop({ samples: { hops } }: RunResult): Finding {
  const means = hops.flatMap(({ name, way, histogram }) => {
    const values = way === 'delivery' ? summarizeHistogram(histogram) : null;
    return values === null ? [] : [{ name, meanUs: values.meanUs }];
  });
  const totalUs = means.reduce((sum, { meanUs }) => sum + meanUs, 0);
  const [longest] = means.toSorted((one, other) => other.meanUs - one.meanUs);
  if (longest === undefined || totalUs === 0 || longest.meanUs < LEAST_SHARE * totalUs) return null;
  const share = longest.meanUs / totalUs;
  return {
    text: `The longest hop is "${longest.name}": ${formatShare(share)} of a delivery's mean, ${formatLatency(longest.meanUs)}.`,
    evidence: { share, meanUs: longest.meanUs },
  };
}
