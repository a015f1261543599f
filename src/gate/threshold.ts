import type { KnownRun } from './known-run.ts';
import { type GroupChoice, type Metric, UNITS } from './metric.ts';
import { METRICS } from './metrics.ts';
import { unitOfWritten } from './observed-metric.ts';
import { ofGroup } from './of-group.ts';
import { ofRegions } from './of-regions.ts';
import { lastSecondOf } from './read-seconds.ts';
import { parseSubject, readSubject, type Subject } from './subject.ts';
import type { ThresholdOutcome } from './verdict.ts';
import { cutWindow, formatSpan, type Span, slideWindows, spanOf, type Window, wholeRun } from './window.ts';

/** What a subject has to be like, and in which window; `describeGrammar` has how it is written. */
export type Threshold = Subject & {
  readonly expression: string;
  readonly operator: Operator;
  /** In the metric's unit: µs, a whole number, 0–1, per second. */
  readonly limit: number;
  /** Null: the run as a whole. */
  readonly window: Window | null;
};

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
export type Operator = keyof typeof COMPARE;
export const OPERATORS = Object.keys(COMPARE) as readonly Operator[];

const PARTS =
  /^\s*([^\s<>=!]+)(?:\s+from\s+([\w.-]+)\s+to\s+([\w.-]+)|\s+(of|to)\s+([a-z0-9][a-z0-9-]*))?\s*([<>=!]+)\s*(.*?)\s*$/;

/**
 * One threshold expression, or what is wrong with it in one line.
 *
 * @param stageNames  the names of the scenario's stages; undefined: any name may stand behind `during`
 */
export function parseThreshold(expression: string, stageNames?: readonly string[]): ParsedThreshold {
  const cut = cutWindow(expression, stageNames);
  if (typeof cut === 'string') return refuse(cut);
  const [, subject, from, to, way, group, operator, value] = PARTS.exec(cut.rest) ?? [];
  if (subject === undefined || operator === undefined || value === undefined) {
    return refuse("expected metric, operator and value such as 'delivery.p95 < 170ms'");
  }
  const parsed = parseSubject(subject);
  if (typeof parsed === 'string') return refuse(parsed);
  const choice = group === undefined ? null : { way: way as GroupChoice['way'], name: group };
  const regions = from === undefined || to === undefined ? null : { from, to };
  const found =
    regions !== null
      ? ofRegions(parsed, regions)
      : choice === null
        ? withUnit(parsed, value)
        : ofGroup(parsed, choice, value);
  if (typeof found === 'string') return refuse(found);
  if ((choice !== null || regions !== null) && cut.window !== null) {
    const whose = regions === null ? `${way} ${group}` : `from ${from} to ${to}`;
    return refuse(`${subject} ${whose} is known for the run as a whole only`);
  }
  if (!isOperator(operator)) {
    const meant = operator === '=' ? 'did you mean "=="?' : `expected ${OPERATORS.join(' ')}`;
    return refuse(`unknown operator "${operator}", ${meant}`);
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

/**
 * What the threshold's subject comes to by now, at its worst and where that is: of several stretches the earliest of equals, and one in
 * which nothing was due is none. Null where there is no data, or none yet.
 *
 * @param read  of one stretch: as measured, or `readSubjectOfTarget`
 */
export function measureThreshold(
  threshold: Threshold,
  known: KnownRun,
  read: typeof readSubject = readSubject,
): Measured | null {
  const stretches = listStretches(threshold, known);
  if ((threshold.window?.everyUs ?? null) === null) {
    const value = stretches[0] === undefined ? null : read(threshold, known, stretches[0]);
    return value === null ? null : { value, span: null };
  }
  return stretches.reduce<Measured | null>(
    (worst, stretch) => worseOf(threshold, worst, measureIn(threshold, known, stretch, read)),
    null,
  );
}

/** The parts of a run that a threshold looks at; none where the run has no stage of that name. */
export function listStretches({ window }: Threshold, known: KnownRun): readonly Span[] {
  const { during = null, everyUs = null } = window ?? {};
  const span = window === null ? wholeRun(known.timetable) : spanOf(during, known.timetable);
  if (span === null) return [];
  return everyUs === null ? [span] : slideWindows(span, everyUs, lastSecondOf(known));
}

/** What the threshold's subject comes to in one stretch; null where nothing was due in it. */
export function measureIn(
  threshold: Threshold,
  known: KnownRun,
  stretch: Span,
  read: typeof readSubject = readSubject,
): Measured | null {
  const value = read(threshold, known, stretch);
  return value === null ? null : { value, span: stretch };
}

/** What was measured, held against the limit. Without data it is not ok, whatever the operator. */
export function outcomeOf(
  { expression, metric, operator, limit }: Threshold,
  figure: Measured | null,
): ThresholdOutcome {
  if (figure === null) return { expression, actual: 'no data', ok: false };
  const { value, span } = figure;
  const text = UNITS[metric.unit].format(value);
  const actual = span === null ? text : `${text} in ${formatSpan(span)}`;
  return { expression, actual, ok: COMPARE[operator](value, limit) };
}

/** A figure, and the stretch that it comes from where a threshold looks at several. */
export interface Measured {
  readonly value: number;
  readonly span: Span | null;
}

/** Which of two stretches is further from what the threshold wants; the earlier of equals. Null: there is none. */
export function worseOf(
  { operator, limit }: Threshold,
  earlier: Measured | null,
  later: Measured | null,
): Measured | null {
  const isWorse = {
    '<': (a: number, b: number) => a > b,
    '<=': (a: number, b: number) => a > b,
    '>': (a: number, b: number) => a < b,
    '>=': (a: number, b: number) => a < b,
    '==': (a: number, b: number) => a !== limit && b === limit,
    '!=': (a: number, b: number) => a === limit && b !== limit,
  }[operator];
  if (earlier === null || later === null) return earlier ?? later;
  return isWorse(later.value, earlier.value) ? later : earlier;
}

function refuseWindow(
  subject: string,
  { name, resolution, isOfMeasure = false }: Metric,
  window: Window,
): string | null {
  const { during, everyUs } = window;
  if (isOfMeasure && during === 'warm-up') return `${name} has no figures in warm-up: they are left out`;
  if (isOfMeasure && during === 'drain') {
    return `${name} has no figures in drain: nothing is due in it, and what arrives in it counts where it was due`;
  }
  const isPhase = everyUs === null && (during === 'warm-up' || during === 'measure');
  if (resolution === 'second' || resolution === 'span' || (resolution === 'phase' && isPhase)) return null;
  if (resolution === 'phase') return `${subject} is known for warm-up and measure only, not for stages or stretches`;
  const windowed = METRICS.filter((metric) => metric.resolution === 'second').map((metric) => metric.name);
  return `${subject} is known for the run as a whole only, expected one of ${windowed.join(', ')} with a window`;
}

/**
 * What is observed has no unit of its own before it is observed: it is the value's. A count that is held against a percentage is
 * read as its share.
 */
function withUnit(subject: Subject, value: string): Subject {
  if (subject.statistic !== null) return subject;
  const { share, unit } = subject.metric;
  if (share !== undefined && value.endsWith('%')) {
    return { metric: { ...subject.metric, unit: 'percentage', read: share }, statistic: null };
  }
  if (unit !== 'number') return subject;
  return { metric: { ...subject.metric, unit: unitOfWritten(value) }, statistic: null };
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(COMPARE, text);
}

function refuse(problem: string): ParsedThreshold {
  return { ok: false, problem };
}
