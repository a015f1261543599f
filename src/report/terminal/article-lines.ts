import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import { formatCount, formatLatency, formatRate } from '../quantities.ts';
import { measureRates, queueStatistics } from '../run-statistics.ts';
import { alignLeft } from './display-width.ts';
import type { Palette } from './palette.ts';

const NAME_COLUMNS = 18;
const FIGURE_COLUMNS = 12;

/** What a benchmark would have printed that times the request, each figure next to the recipients'; empty where none was asked for. */
export function articleLines(result: RunResult, palette: Palette): readonly string[] {
  const { article, queue, phases } = result;
  if (article === null) return [];
  const trueDepth = queue === null ? null : queueStatistics(queue, phases).maxDepth;
  const p95Us = summarizeHistogram(result.samples.histograms.delivery)?.p95Us ?? null;
  const row = (name: string, figure: string, truth: string) =>
    `   ${alignLeft(name, NAME_COLUMNS)}${alignLeft(figure, FIGURE_COLUMNS)}${truth}`;
  return [
    ` ${palette.strong('As in the article')}  ${palette.quiet('and, to its right, the truth')}`,
    row('POST p95', durationOf(article.postP95Us), `recipients: delivery p95 ${durationOf(p95Us)}`),
    row('throughput', formatRate(article.postsPerSecond), `recipients: ${describeDelivered(result)}`),
    row('queue, at most', countOf(article.queueMaxDepth), `every 100 ms: ${countOf(trueDepth)}`),
    palette.quiet('   POST: from the send, failures dropped. Throughput: mean of the seconds'),
    palette.quiet('   in which any was completed. Queue: what a management API with 5 s'),
    palette.quiet("   statistics would have shown, derived from this run's own samples"),
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

function durationOf(us: number | null): string {
  return us === null ? 'no data' : formatLatency(us);
}

function countOf(count: number | null): string {
  return count === null ? 'no data' : formatCount(count);
}
