import { didYouMean, nearestName } from '../nearest.ts';
import type { RunResult } from '../result/run-result.ts';
import { type KnownSeconds, lastSecondOf, secondsOf } from './known-seconds.ts';
import { METRICS, type Metric, UNITS } from './metrics.ts';
import type { Statistic } from './statistic.ts';
import type { ThresholdOutcome } from './verdict.ts';
import {
  cutWindow,
  formatSpan,
  type Span,
  slideWindows,
  spanOf,
  type Timetable,
  timetableOf,
  type Window,
} from './window.ts';

/**
 * Thresholds, in BNF; blanks between the first three parts are free:
 *
 *     threshold ::= subject operator value { window }            each kind of window at most once
 *     window    ::= "during" phase | "for every" duration        whole seconds
 *     phase     ::= "warm-up" | "measure" | "drain" | the name of a stage
 *     subject   ::= time "." statistic | figure
 *     time      ::= "delivery" | "deliveryOthers" | "fanoutFirst" | "fanoutMedian" | "fanoutLast" | "ack" | "service"
 *                 | "lateness" | "connect" | "reconnect" | "history"
 *     statistic ::= "mean" | "p50" | "p90" | "p95" | "p99" | "p999" | "p99.9" | "max"
 *     figure    ::= "lost" | "duplicated" | "reordered" | "misrouted" | "late" | "skipped" | "rejected"
 *                 | "recovered" | "held" | "traffic.failed"
 *                 | "limiter.admitted.max" | "limiter.admitted.ratio"
 *                 | "connect.success" | "reached" | "rooms.left" | "queue.depth.max" | "queue.drain" | "sent.rate"
 *                 | "delivered.rate" | "host.steal"
 *     operator  ::= "<" | "<=" | ">" | ">=" | "==" | "!="
 *     value     ::= duration | count | percentage | rate          as the unit of the subject wants it (see METRICS)
 *     duration  ::= number ( "us" | "ms" | "s" | "m" | "h" )      rate ::= number [ "/s" | "/m" | "/h" ]
 *     count     ::= digit { digit }                               percentage ::= number "%"
 */
export interface Threshold {
  readonly expression: string;
  readonly metric: Metric;
  readonly statistic: Statistic | null;
  readonly operator: Operator;
  /** In the metric's unit: µs, a whole number, 0–1, per second. */
  readonly limit: number;
  /** Null: the run as a whole. */
  readonly window: Window | null;
}

export type ParsedThreshold =
  | { readonly ok: true; readonly threshold: Threshold }
  | { readonly ok: false; readonly problem: string };

const COMPARE = {
  '<': (actual: number, limit: number) => actual < limit,
  '<=': (actual: number, limit: number) => actual <= limit,
  '>': (actual: number, limit: number) => actual > limit,
  '>=': (actual: number, limit: number) => actual >= limit,
  '==': (actual: number, limit: number) => actual === limit,
  '!=': (actual: number, limit: number) => actual !== limit,
} as const;
type Operator = keyof typeof COMPARE;

const PARTS = /^\s*([^\s<>=!]+)\s*([<>=!]+)\s*(.*?)\s*$/;

/**
 * One threshold expression, or what is wrong with it in one line.
 *
 * @param stageNames  the names of the scenario's stages; undefined: any name may stand behind `during`
 */
export function parseThreshold(expression: string, stageNames?: readonly string[]): ParsedThreshold {
  const cut = cutWindow(expression, stageNames);
  if (typeof cut === 'string') return refuse(cut);
  const [, subject, operator, value] = PARTS.exec(cut.rest) ?? [];
  if (subject === undefined || operator === undefined || value === undefined) {
    return refuse("expected metric, operator and value such as 'delivery.p95 < 170ms'");
  }
  const found = findSubject(subject);
  if (typeof found === 'string') return refuse(found);
  if (!isOperator(operator)) {
    const expected = Object.keys(COMPARE).join(' ');
    return refuse(
      `unknown operator "${operator}", ${operator === '=' ? 'did you mean "=="?' : `expected ${expected}`}`,
    );
  }
  const limit = UNITS[found.metric.unit].parse(value);
  if (!limit.ok) return refuse(`${subject} is a ${found.metric.unit}: ${limit.reason}`);
  const problem = cut.window === null ? null : refuseWindow(subject, found.metric, cut.window);
  if (problem !== null) return refuse(problem);
  return { ok: true, threshold: { expression, ...found, operator, limit: limit.value, window: cut.window } };
}

/** What is wrong with a threshold expression, in one line; null where nothing is. */
export function checkThreshold(expression: string, stageNames?: readonly string[]): string | null {
  const parsed = parseThreshold(expression, stageNames);
  return parsed.ok ? null : parsed.problem;
}

/** What the threshold's subject came to in this run, at its worst and where that was; null where there is no data. */
export function measureThreshold(threshold: Threshold, result: RunResult): Measured | null {
  const { metric, statistic, window } = threshold;
  if (window === null) return measured(metric.read(result, statistic), null);
  const { during, everyUs } = window;
  if (everyUs === null && metric.readPhase && (during === 'warm-up' || during === 'measure')) {
    return measured(metric.readPhase(result, during), null);
  }
  return measureWindow(threshold, window, secondsOf(result), timetableOf(result));
}

/** The same from seconds alone, also of a run that is still under way; null where they do not tell. */
export function measureSeconds(threshold: Threshold, known: KnownSeconds, timetable: Timetable): Measured | null {
  return measureWindow(threshold, threshold.window ?? { during: null, everyUs: null }, known, timetable);
}

/** The threshold applied to a run. Without data it is not ok, whatever the operator. */
export function evaluateThreshold(threshold: Threshold, result: RunResult): ThresholdOutcome {
  const actual = measureThreshold(threshold, result);
  if (actual === null) return { expression: threshold.expression, actual: 'no data', ok: false };
  return outcomeOf(threshold, actual);
}

/** What was measured, held against the limit. */
export function outcomeOf({ expression, metric, operator, limit }: Threshold, { value, span }: Measured) {
  const text = UNITS[metric.unit].format(value);
  const actual = span === null ? text : `${text} in ${formatSpan(span)}`;
  return { expression, actual, ok: COMPARE[operator](value, limit) } satisfies ThresholdOutcome;
}

/** A figure, and the stretch that it comes from where a threshold looks at several. */
export interface Measured {
  readonly value: number;
  readonly span: Span | null;
}

function measured(value: number | null, span: Span | null): Measured | null {
  return value === null || Number.isNaN(value) ? null : { value, span };
}

/** Of several stretches the worst, the earliest of equals. A stretch in which nothing was due is none. */
function measureWindow(
  threshold: Threshold,
  { during, everyUs }: Window,
  known: KnownSeconds,
  timetable: Timetable,
): Measured | null {
  const { metric, statistic } = threshold;
  const span = spanOf(during, timetable);
  if (span === null || metric.readSpan === undefined) return null;
  if (everyUs === null) return measured(metric.readSpan(known, span, statistic), null);
  const figures = slideWindows(span, everyUs, lastSecondOf(known)).flatMap(
    (stretch) => measured(metric.readSpan!(known, stretch, statistic), stretch) ?? [],
  );
  return figures.reduce<Measured | null>((worst, figure) => worseOf(threshold, worst, figure), null);
}

/** Which of two stretches is further from what the threshold wants; the earlier of equals. */
export function worseOf({ operator, limit }: Threshold, earlier: Measured | null, later: Measured): Measured {
  const isWorse = {
    '<': (a: number, b: number) => a > b,
    '<=': (a: number, b: number) => a > b,
    '>': (a: number, b: number) => a < b,
    '>=': (a: number, b: number) => a < b,
    '==': (a: number, b: number) => a !== limit && b === limit,
    '!=': (a: number, b: number) => a === limit && b !== limit,
  }[operator];
  return earlier === null || isWorse(later.value, earlier.value) ? later : earlier;
}

function refuseWindow(subject: string, metric: Metric, { during, everyUs }: Window): string | null {
  if (metric.name === 'delivery' && during === 'warm-up')
    return 'delivery has no figures in warm-up: they are left out';
  const hasPhase = metric.readPhase !== undefined && (during === 'warm-up' || during === 'measure');
  if (metric.readSpan !== undefined || (everyUs === null && hasPhase)) return null;
  const windowed = METRICS.filter(({ readSpan }) => readSpan !== undefined).map(({ name }) => name);
  return metric.readPhase === undefined
    ? `${subject} is known for the run as a whole only, expected one of ${windowed.join(', ')} with a window`
    : `${subject} is known for warm-up and measure only, not for stages or stretches`;
}

function findSubject(subject: string): Pick<Threshold, 'metric' | 'statistic'> | string {
  const figure = METRICS.find((metric) => metric.name === subject);
  if (figure !== undefined) {
    if (figure.statistics.length === 0) return { metric: figure, statistic: null };
    return `${subject} needs a statistic, expected ${subject}.${figure.statistics.join(`, ${subject}.`)}`;
  }
  const dot = subject.indexOf('.');
  const name = dot === -1 ? subject : subject.slice(0, dot);
  const metric = METRICS.find((candidate) => candidate.name === name);
  if (dot === -1 || metric === undefined) return unknownMetric(subject);
  if (metric.statistics.length === 0) return `${name} is a single figure and has no statistic, expected just "${name}"`;
  const written = subject.slice(dot + 1);
  const statistic = metric.statistics.find((candidate) => candidate === (written === 'p99.9' ? 'p999' : written));
  if (statistic !== undefined) return { metric, statistic };
  return `unknown statistic "${written}" of ${name}${suggestStatistic(subject, written, metric)}`;
}

function suggestStatistic(subject: string, written: string, { name, statistics }: Metric): string {
  // "connect.sucess" is near a figure of its own.
  const figure = nearestName(
    subject,
    METRICS.filter((metric) => metric.statistics.length === 0).map((metric) => metric.name),
  );
  const statistic = nearestName(written, statistics);
  const nearest = statistic === null ? figure : `${name}.${statistic}`;
  return nearest === null ? `, expected ${statistics.join(', ')}` : `, did you mean "${nearest}"?`;
}

function unknownMetric(subject: string): string {
  const names = METRICS.map((metric) => metric.name);
  // A statistic alone: the headline's is what is mostly meant.
  if (subjects().includes(`delivery.${subject}`))
    return `unknown metric "${subject}", did you mean "delivery.${subject}"?`;
  const suggestion = didYouMean(subject, [...names, ...subjects()]);
  return `unknown metric "${subject}"${suggestion === '' ? `, expected one of ${names.join(', ')}` : suggestion}`;
}

/** Everything that can stand before an operator. */
function subjects(): readonly string[] {
  return METRICS.flatMap(({ name, statistics }) =>
    statistics.length === 0 ? [name] : statistics.map((statistic) => `${name}.${statistic}`),
  );
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(COMPARE, text);
}

function refuse(problem: string): ParsedThreshold {
  return { ok: false, problem };
}
