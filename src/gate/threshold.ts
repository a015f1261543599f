import { didYouMean, nearestName } from '../nearest.ts';
import type { RunResult } from '../result/run-result.ts';
import { METRICS, type Metric, UNITS } from './metrics.ts';
import type { Statistic } from './read-result.ts';
import type { ThresholdOutcome } from './verdict.ts';

/**
 * Thresholds, in BNF; blanks between the three parts are free:
 *
 *     threshold ::= subject operator value
 *     subject   ::= time "." statistic | figure
 *     time      ::= "delivery" | "fanoutFirst" | "fanoutMedian" | "fanoutLast" | "ack" | "service" | "lateness" | "connect"
 *     statistic ::= "mean" | "p50" | "p90" | "p95" | "p99" | "p999" | "p99.9" | "max"
 *     figure    ::= "lost" | "duplicated" | "reordered" | "misrouted" | "late" | "skipped" | "rejected"
 *                 | "connect.success" | "queue.depth.max" | "queue.drain" | "sent.rate" | "delivered.rate"
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
}

export type ParsedThreshold =
  | { readonly ok: true; readonly threshold: Threshold }
  | { readonly ok: false; readonly problem: string };

/** What each operator asks of the actual value and the limit. */
export const COMPARE = {
  '<': (actual: number, limit: number) => actual < limit,
  '<=': (actual: number, limit: number) => actual <= limit,
  '>': (actual: number, limit: number) => actual > limit,
  '>=': (actual: number, limit: number) => actual >= limit,
  '==': (actual: number, limit: number) => actual === limit,
  '!=': (actual: number, limit: number) => actual !== limit,
} as const;
type Operator = keyof typeof COMPARE;

const PARTS = /^\s*([^\s<>=!]+)\s*([<>=!]+)\s*(.*?)\s*$/;

/** One threshold expression, or what is wrong with it in one line. */
export function parseThreshold(expression: string): ParsedThreshold {
  const [, subject, operator, value] = PARTS.exec(expression) ?? [];
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
  return { ok: true, threshold: { expression, ...found, operator, limit: limit.value } };
}

/** What is wrong with a threshold expression, in one line; null where nothing is. */
export function checkThreshold(expression: string): string | null {
  const parsed = parseThreshold(expression);
  return parsed.ok ? null : parsed.problem;
}

/** What the threshold's subject came to in this run; null where there is no data. */
export function measureThreshold({ metric, statistic }: Threshold, result: RunResult): number | null {
  const actual = metric.read(result, statistic);
  return actual === null || Number.isNaN(actual) ? null : actual;
}

/** The threshold applied to a run. Without data it is not ok, whatever the operator. */
export function evaluateThreshold(threshold: Threshold, result: RunResult): ThresholdOutcome {
  const { expression, metric, operator, limit } = threshold;
  const actual = measureThreshold(threshold, result);
  if (actual === null) return { expression, actual: 'no data', ok: false };
  return { expression, actual: UNITS[metric.unit].format(actual), ok: COMPARE[operator](actual, limit) };
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
