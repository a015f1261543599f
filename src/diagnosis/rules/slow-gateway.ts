import { mostOf } from '../../extremes.ts';
import { formatLatency } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { redact } from '../../redact.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';

const LEAST_DELIVERIES = 200;
/** Of the mean; a part of what one adds is in the others' too, for what they deliver may have come in by it. */
const LEAST_RATIO = 1.5;
/** Of the median: stalls now and then are no slowness. */
const LEAST_MEDIAN_RATIO = 1.25;
const LEAST_US = 5_000;

/** Recipients at one of several addresses wait longer than those at all others: that one is slow, or has a longer way. */
export function slowGateway(result: RunResult): Finding {
  const gateways = Object.entries(result.samples.breakdowns).flatMap(([label, histogram]) => {
    const values = label.startsWith('to=') ? summarizeHistogram(histogram) : null;
    return values === null || values.count < LEAST_DELIVERIES ? [] : [{ number: Number(label.slice(3)), ...values }];
  });
  const [slowest, next] = gateways.toSorted((one, other) => other.meanUs - one.meanUs);
  if (slowest === undefined || next === undefined) return null;
  const medianUs = mostOf(gateways.filter((one) => one !== slowest).map(({ p50Us }) => p50Us));
  const isSlower =
    slowest.meanUs >= LEAST_RATIO * next.meanUs &&
    slowest.meanUs - next.meanUs >= LEAST_US &&
    slowest.p50Us >= LEAST_MEDIAN_RATIO * medianUs;
  if (!isSlower) return null;
  const others = gateways.length === 2 ? 'the other one' : `the slowest of the other ${gateways.length - 1}`;
  return {
    text: `${nameGateway(result, slowest.number)} is slower than ${gateways.length === 2 ? 'the other' : 'all others'}: a delivery there takes ${formatLatency(slowest.meanUs)} on average, at ${others} ${formatLatency(next.meanUs)}. Look at what it shares its machine with, how far away it is, and how many clients it has.`,
    evidence: { gateway: slowest.number, meanUs: slowest.meanUs, otherMeanUs: next.meanUs, p50Us: slowest.p50Us },
  };
}

/** The bundled cluster's go by their numbers, those of another target by their addresses, in the order in which they were given. */
function nameGateway({ target, scenario }: RunResult, number: number): string {
  const { url, further } = scenario.target;
  const address = target.kind === 'external' ? [url, ...further][number - 1] : undefined;
  return address === undefined || address === null ? `gateway-${number}` : redact(address);
}
