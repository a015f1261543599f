import { tellLatency } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';

const LEAST_RATIO = 5;
const LEAST_US = 100_000;

/** The server says yes at once, and the message arrives much later: whoever times the answer alone sees nothing of it. */
export function behindAck({ samples: { histograms } }: RunResult): Finding {
  const ack = summarizeHistogram(histograms.ack);
  const delivery = summarizeHistogram(histograms.delivery);
  if (ack === null || delivery === null) return null;
  if (delivery.p50Us < LEAST_RATIO * ack.p50Us || delivery.p50Us - ack.p50Us < LEAST_US) return null;
  return {
    text: `The time goes behind the acknowledgement: half of the messages were acknowledged within ${tellLatency(ack.p50Us)} and delivered within ${tellLatency(delivery.p50Us)}. What accepts messages is fast, what carries them on is not.`,
    evidence: { ackP50Us: ack.p50Us, deliveryP50Us: delivery.p50Us },
  };
}
