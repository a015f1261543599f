import { formatLatency, formatShare } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';

const LEAST_RATIO = 0.3;
/** What timers and a loopback cost anyway. */
const LEAST_US = 2_000;

/** A part of what recipients waited for was the generator's own: due, and not yet sent. */
export function generator({ samples: { histograms } }: RunResult): Finding {
  const lateness = summarizeHistogram(histograms.lateness);
  const delivery = summarizeHistogram(histograms.delivery);
  if (lateness === null || delivery === null || delivery.p95Us === 0) return null;
  const share = lateness.p95Us / delivery.p95Us;
  if (share < LEAST_RATIO || lateness.p95Us < LEAST_US) return null;
  return {
    text: `The generator has a part in it: 5 % of the messages were sent ${formatLatency(lateness.p95Us)} or more after they were due, ${formatShare(Math.min(1, share))} of the p95. Give it a machine of its own.`,
    evidence: { latenessP95Us: lateness.p95Us, deliveryP95Us: delivery.p95Us },
  };
}
