import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { METRIC_NAMES } from '../../record/metric-names.ts';
import type { RunResult } from '../../result/run-result.ts';
import { serviceTimeLabel } from '../service-time-label.ts';

const SECOND_US = 1_000_000;

interface LogLine {
  readonly tag: string;
  readonly fromUs: number;
  readonly lengthUs: number;
  readonly encoded: string;
}

/**
 * The run as an HdrHistogram log, version 1.3: deliveries by the second in which they arrived (`Tag=delivery`), every other time as one interval
 * over the whole of measure. Values in µs, the maximum of a line in ms; intervals without a value have no line.
 *
 * Format: tag, start (seconds since BaseTime), length (seconds), maximum, histogram (V2, compressed, base64).
 */
export function renderHlog(result: RunResult): string {
  const startedSeconds = (Date.parse(result.startedAt) / 1000).toFixed(3);
  const lines = [...wholeRunLines(result), ...secondLines(result)].sort((one, other) => one.fromUs - other.fromUs);
  return [
    `#[Logged with chatbench ${result.environment.chatbench.replaceAll(/[\r\n]/g, ' ')}]`,
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${startedSeconds} (seconds since epoch), ${new Date(result.startedAt).toUTCString()}]`,
    `#[BaseTime: ${startedSeconds} (seconds since epoch)]`,
    `#[Values: microseconds${serviceTimeLabel(result)}; Interval_Max: milliseconds; delivery: by the second of arrival]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...lines.flatMap(renderLine),
    '',
  ].join('\n');
}

function secondLines(result: RunResult): readonly LogLine[] {
  return result.samples.intervals.map(({ second, delivery }) => ({
    tag: 'delivery',
    fromUs: second * SECOND_US,
    lengthUs: SECOND_US,
    encoded: delivery,
  }));
}

function wholeRunLines(result: RunResult): readonly LogLine[] {
  const { histograms, breakdowns } = result.samples;
  const { warmupEndUs, drainEndUs } = result.phases;
  const named = METRIC_NAMES.filter((name) => name !== 'delivery').map((tag) => [tag, histograms[tag]] as const);
  return [...named, ...Object.entries(breakdowns)].map(([tag, encoded]) => ({
    tag,
    fromUs: warmupEndUs,
    lengthUs: Math.max(0, drainEndUs - warmupEndUs),
    encoded,
  }));
}

function renderLine({ tag, fromUs, lengthUs, encoded }: LogLine): readonly string[] {
  const summary = summarizeHistogram(encoded);
  if (summary === null) return [];
  const seconds = (us: number) => (us / SECOND_US).toFixed(3);
  return [
    `Tag=${plainTag(tag)},${seconds(fromUs)},${seconds(lengthUs)},${(summary.maxUs / 1000).toFixed(3)},${encoded}`,
  ];
}

/** Commas, blanks and line breaks would end a tag. */
function plainTag(tag: string): string {
  return tag.replaceAll(/[^\w.=-]/g, '_');
}
