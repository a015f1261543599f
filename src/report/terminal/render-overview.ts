import type { Verdict } from '../../gate/verdict.ts';
import { formatCount, formatMs, formatPlural, formatRate } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeLoad } from '../describe-load.ts';
import { describeReach } from '../describe-reach.ts';
import { describeDeliveries, describeRemedy, describeVerdict } from '../describe-verdict.ts';
import { hopWays } from '../hop-rows.ts';
import { observedRows } from '../observed-rows.ts';
import { measureRates, queueStatistics } from '../run-statistics.ts';
import { articleLines } from './article-lines.ts';
import { diagnosisSentence } from './diagnosis-sentence.ts';
import { displayWidth, wrapText } from './display-width.ts';
import { fact, indented, NAME_COLUMNS } from './fact-lines.ts';
import { faultLines } from './fault-lines.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';
import { drainFact } from './queue-lines.ts';
import { verdictBanner } from './verdict-banner.ts';

export interface OverviewOptions {
  readonly color: boolean;
  /** Width of the terminal; lines use at most 100 columns of it and are laid out for 80. */
  readonly columns: number;
  /** Where reports lie, as they should be printed; none where none was written. */
  readonly reportFiles?: readonly string[];
  /** Prints everything; none where nothing can be read again. */
  readonly detailsCommand?: string;
}

/** With the prompt below it, what a terminal of 24 lines shows without scrolling. */
const MOST_LINES = 22;

/** How much of each is told, tried in this order until all of it fits. */
const SIZES = [
  { reasons: 6, diagnosis: 3, faults: 6 },
  { reasons: 4, diagnosis: 2, faults: 3 },
  { reasons: 3, diagnosis: 1, faults: 2 },
  { reasons: 2, diagnosis: 1, faults: 1 },
  { reasons: 1, diagnosis: 1, faults: 1 },
] as const;

type Size = (typeof SIZES)[number];

/**
 * The end of a run on one screen: the verdict, what it rests on, why it is slow, one line for each kind of figure, and the verdict
 * again where the eye is. Lines fit `columns`, but no less than 72. Ends with a line break.
 */
export function renderOverview(result: RunResult, verdict: Verdict, options: OverviewOptions): string {
  const palette = choosePalette(options.color);
  const columns = Math.min(100, Math.max(72, options.columns));
  const [largest, ...smaller] = SIZES.map((size) => listLines(result, verdict, size, { ...options, columns }, palette));
  const lines = [largest!, ...smaller].find(({ length }) => length <= MOST_LINES) ?? smaller.at(-1)!;
  return `\n${lines.join('\n')}\n`;
}

function listLines(
  result: RunResult,
  verdict: Verdict,
  size: Size,
  options: OverviewOptions,
  palette: Palette,
): readonly string[] {
  const { columns } = options;
  const banner = verdictBanner(result, verdict, palette);
  const { scenario, target } = result;
  const load = plainText(`${describeLoad(scenario.load)} on ${scenario.target.url ?? target.kind}`);
  const [title, ...below] = wrapText(load, columns - displayWidth(banner) - 4);
  return [
    ` ${banner}  ${palette.quiet(title ?? '')}`,
    ...indented(below.map(palette.quiet), 3),
    ...cautionLines(result, palette, columns),
    ...reasonLines(result, verdict, size, palette, columns),
    ...diagnosisLines(verdict, size, palette, columns),
    '',
    ...latencyFact(result, palette, columns),
    ...wrapped('Deliveries', describeDeliveries(result), palette, columns),
    ...rateFact(result, palette),
    ...connectionFact(result, palette),
    ...queueFact(result, palette),
    ...observedFact(result, palette, columns),
    ...hopFact(result, verdict, palette, columns),
    ...shorten(faultLines(result, palette, columns), size.faults),
    ...articleLines(result, palette),
    ...warningFact(verdict, palette, columns),
    ...fact('Report', options.reportFiles ?? [], palette),
    ...fact('Details', options.detailsCommand === undefined ? [] : [options.detailsCommand], palette),
    '',
    ` ${banner}`,
  ];
}

/** What everybody has to know who reads the figures. */
function cautionLines({ target }: RunResult, palette: Palette, columns: number): readonly string[] {
  const reach = describeReach(target).flatMap((line) => wrapText(plainText(line), columns - 3));
  return [
    ...indented(reach, 3),
    ...(target.unverified ? [`   ${palette.bad('certificate not verified (--insecure)')}`] : []),
  ];
}

/** What did not hold with what it came to, or all that makes the run invalid with its remedy, or that everything holds. */
function reasonLines(
  result: RunResult,
  verdict: Verdict,
  { reasons: most }: Size,
  palette: Palette,
  columns: number,
): readonly string[] {
  const partial = result.completeness.reason === null ? [] : [`Partial result: ${result.completeness.reason}.`];
  const { reasons } = describeVerdict(result, verdict);
  const remedy = describeRemedy(verdict);
  const told = [...partial, ...reasons].slice(0, most);
  const untold = partial.length + reasons.length - told.length;
  return [
    ...told.flatMap((text) => indented(shorten(wrapText(plainText(text), columns - 3), most), 3)),
    ...(untold > 0 ? [`   and ${formatCount(untold)} more`] : []),
    ...(remedy === null ? [] : indented(wrapText(plainText(`→ ${remedy}`), columns - 3).map(palette.quiet), 3)),
  ];
}

/** Of one sentence of a diagnosis. */
const SENTENCE_LINES = 3;

function diagnosisLines(
  { diagnosis = [] }: Verdict,
  { diagnosis: most }: Size,
  palette: Palette,
  columns: number,
): readonly string[] {
  return diagnosis.slice(0, most).flatMap((told) => shorten(diagnosisSentence(told, palette, columns), SENTENCE_LINES));
}

function latencyFact({ samples }: RunResult, palette: Palette, columns: number): readonly string[] {
  const values = summarizeHistogram(samples.histograms.delivery);
  if (values === null) return [];
  const { p50Us, p95Us, p99Us, maxUs } = values;
  const p95 = palette.strong(`p95 ${formatMs(p95Us)}`);
  const text = `p50 ${formatMs(p50Us)}, ${p95}, p99 ${formatMs(p99Us)}, max ${formatMs(maxUs)} ms, due to received`;
  return fact('Latency', wrapText(text, columns - NAME_COLUMNS), palette);
}

function rateFact(result: RunResult, palette: Palette): readonly string[] {
  const { sentPerSecond, deliveredPerSecond } = measureRates(result);
  return fact('Rate', [`${formatRate(sentPerSecond)} sent, ${formatRate(deliveredPerSecond)} delivered`], palette);
}

/** Only where something happened to them. */
function connectionFact({ samples: { connections } }: RunResult, palette: Palette): readonly string[] {
  const { attempted, opened, failed, dropped } = connections;
  if (failed === 0 && dropped === 0) return [];
  const troubles = palette.bad(`${formatCount(failed)} failed, ${formatCount(dropped)} dropped`);
  return fact('Connections', [`${formatCount(opened)} of ${formatCount(attempted)} opened, ${troubles}`], palette);
}

function queueFact({ queue, phases }: RunResult, palette: Palette): readonly string[] {
  if (queue === null) return [];
  const { maxDepth, drainUs } = queueStatistics(queue, phases);
  if (maxDepth === null) return [];
  return fact('Queue', [`peak ${formatPlural(maxDepth, 'message')}, ${drainFact(drainUs, palette)}`], palette);
}

function observedFact(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const peaks = observedRows(result).map(({ name, max }) => `${plainText(name)} ${max}`);
  if (peaks.length === 0) return [];
  return shorten(wrapped('Observed', `at most: ${peaks.join(', ')}`, palette, columns), 2);
}

/** Where the time goes, unless the diagnosis says so already, or the figures cannot be trusted. */
function hopFact(
  result: RunResult,
  { status, diagnosis = [] }: Verdict,
  palette: Palette,
  columns: number,
): readonly string[] {
  const [way] = hopWays(result).filter(({ way: its }) => its === 'delivery');
  if (way === undefined || status === 'invalid' || diagnosis.some(({ code }) => code === 'longest-hop')) return [];
  const { name, share } = way.bottleneck;
  const text = `${name}, ${Math.round(share * 100)} % of the mean of ${formatMs(way.meanUs)} ms`;
  return wrapped('Longest hop', text, palette, columns);
}

/** Those that spoil the run are its reasons. */
function warningFact({ warnings }: Verdict, palette: Palette, columns: number): readonly string[] {
  const [first, ...others] = warnings.filter(({ invalidates }) => !invalidates);
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, and ${others.length} more: ${others.map(({ code }) => code).join(', ')}`;
  return shorten(wrapped('Warnings', `${first.message} (${first.code})${more}`, palette, columns), 3);
}

function wrapped(name: string, text: string, palette: Palette, columns: number): readonly string[] {
  return fact(name, wrapText(plainText(text), columns - NAME_COLUMNS), palette);
}

/** The last line that is left says that there was more. */
function shorten(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${lines[most - 1]} …`];
}
