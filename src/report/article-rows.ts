import { formatCount, formatLatency, formatRate } from '../quantities.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { RunResult } from '../result/run-result.ts';
import { measureRates, queueStatistics } from './run-statistics.ts';

/** A figure of a benchmark that times the request, next to what recipients, or the queue itself, saw of the same run. */
export interface ArticleRow {
  readonly name: string;
  readonly figure: string;
  /** Whose truth it is, in a word or two. */
  readonly source: string;
  readonly truth: string;
}

/** How the figures of the article come about, a sentence each. */
export const ARTICLE_NOTES = [
  'POST: from the send, failures dropped.',
  'Throughput: mean of the seconds in which any was completed.',
  "Queue: what a management API with 5 s statistics would have shown, derived from this run's own samples.",
] as const;

/** What such a benchmark would have printed; empty where nobody asked for it. */
export function articleRows(result: RunResult): readonly ArticleRow[] {
  const { article, queue, phases } = result;
  if (article === null) return [];
  const trueDepth = queue === null ? null : queueStatistics(queue, phases).maxDepth;
  const p95Us = summarizeHistogram(result.samples.histograms.delivery)?.p95Us ?? null;
  return [
    {
      name: 'POST p95',
      figure: formatLatency(article.postP95Us),
      source: 'recipients',
      truth: `delivery p95 ${formatLatency(p95Us)}`,
    },
    {
      name: 'throughput',
      figure: formatRate(article.postsPerSecond),
      source: 'recipients',
      truth: describeDelivered(result),
    },
    {
      name: 'queue, at most',
      figure: countOf(article.queueMaxDepth),
      source: 'every 100 ms',
      truth: countOf(trueDepth),
    },
  ];
}

/** Messages are what was sent, so that messages are what is compared: each counts once that reached all its recipients. */
function describeDelivered(result: RunResult): string {
  const { deliveredPerSecond } = measureRates(result);
  const { expected, sent, limited } = result.samples.ledger;
  const recipients = expected / (sent - limited);
  if (deliveredPerSecond === null || !(recipients > 1)) return `${formatRate(deliveredPerSecond)} delivered`;
  return `${formatRate(deliveredPerSecond / recipients)}, ${formatRate(deliveredPerSecond)} deliveries`;
}

function countOf(count: number | null): string {
  return count === null ? 'no data' : formatCount(count);
}
