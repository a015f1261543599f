import { mostOf } from '../../extremes.ts';
import { formatCount, formatDuration, formatPlural } from '../../quantities.ts';
import { queueDepths } from '../../record/queue-depths.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeDrain } from '../describe-drain.ts';
import { queueStatistics } from '../run-statistics.ts';
import { drawChart, largestPerColumn } from './draw-chart.ts';
import { fact, indented } from './fact-lines.ts';
import type { Palette } from './palette.ts';
import { planValueAxis } from './value-axis.ts';

/** Of them, six intervals of one row, three of two or two of three have round ticks. */
const CHART_ROWS = 7;

/** How deep the queue became, when it was empty again, and its depth over the run; or why nobody knows. */
export function queueLines(result: RunResult, palette: Palette, columns: number): readonly string[] {
  if (result.queue === null) {
    const why =
      result.target.workers === 0 ? 'none in this topology' : 'depth not observed: name it with --queue or observe:';
    return fact('Queue', [why], palette);
  }
  const { queue, phases } = result;
  const { samples, maxDepth, drainUs } = queueStatistics(queue, phases);
  if (maxDepth === null) return fact('Queue', [`depth not observed: no sample from ${queue.source}`], palette);
  const gaps = queue.gaps === 0 ? '' : `, ${palette.caution(formatPlural(queue.gaps, 'gap'))}`;
  const depths = queueDepths(queue);
  const axis = planValueAxis(mostOf(depths), CHART_ROWS, { format: formatCount, isWhole: true });
  const room = columns - 4 - axis.labels[0]!.length - 1;
  const chart = drawChart(axis, [{ values: largestPerColumn(depths, room) }], room);
  // The peak leaves it out, so that the axis may go further.
  const besides = phases.warmupEndUs > 0 ? ', warm-up included' : '';
  return [
    ...fact(
      'Queue',
      [
        `peak ${formatPlural(maxDepth, 'message')}, ${drainFact(drainUs, palette)}`,
        `${formatPlural(samples, 'sample')} (${queue.source}, every ${queue.intervalMs} ms)${gaps}`,
      ],
      palette,
    ),
    ...indented(chart, 3),
    palette.quiet(`   messages waiting or at a worker, over ${formatDuration(queue.atUs.at(-1) ?? 0)}${besides}`),
  ];
}

/** When the queue was empty again; loud where it never was. */
export function drainFact(drainUs: number | null, palette: Palette): string {
  return drainUs === null ? palette.bad(describeDrain(drainUs)) : describeDrain(drainUs);
}
