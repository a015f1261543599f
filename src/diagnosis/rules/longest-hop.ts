import { formatLatency, formatShare } from '../../quantities.ts';
import { readHopLoads } from '../../record/hop-loads.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';

/** Of hops of which none has this much, none is worth a word. */
const LEAST_SHARE = 0.25;

/** Where the time of a delivery goes, where the target's frames say so: the hop with the largest part of the mean, and how busy its process was. */
export function longestHop({ samples: { hops }, processes, phases }: RunResult): Finding {
  const [longest] = readHopLoads(hops, processes, phases).toSorted((one, other) => other.meanUs - one.meanUs);
  if (longest === undefined || longest.share < LEAST_SHARE) return null;
  const { name, share, meanUs, process } = longest;
  const meanwhile =
    process === null ? '' : `; meanwhile ${process.name} used ${formatShare(process.cpuRatio)} of a core`;
  return {
    text: `The longest hop is "${name}": ${formatShare(share)} of a delivery's mean, ${formatLatency(meanUs)}${meanwhile}.`,
    evidence: { share, meanUs, ...(process === null ? {} : { cpuRatio: process.cpuRatio }) },
  };
}
