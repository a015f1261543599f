import { didYouMean } from '../nearest.ts';
import { formatDuration } from '../quantities.ts';
import type { RunResult } from '../result/run-result.ts';
import { parseDurationUs } from '../units.ts';

const SECOND_US = 1_000_000;

/** Phases that every run has; the names of stages come besides. */
export const PHASES = ['warm-up', 'measure', 'drain'] as const;

/** What part of a run a threshold looks at, and whether at all of it or at every stretch of some length. */
export interface Window {
  /** A phase, or the name of a stage; null where none was named: measure. */
  readonly during: string | null;
  /** Length of the stretches, µs, whole seconds; null for the part as a whole. */
  readonly everyUs: number | null;
}

/** From and to, µs since run start; `toUs` Infinity for drain, which ends when it ends. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
  /**
   * What it is all of, where it is: some figures are known of that, and not of its seconds alone. `run` is measure, with what is
   * known of drain.
   */
  readonly allOf?: 'run' | (typeof PHASES)[number];
}

export interface Timetable {
  readonly warmupEndUs: number;
  readonly measureEndUs: number;
  readonly stages: readonly { readonly name?: string | undefined; readonly durationUs: number }[];
}

export function timetableOf({ phases, scenario }: RunResult): Timetable {
  const { warmupEndUs, measureEndUs } = phases;
  return { warmupEndUs, measureEndUs, stages: scenario.load.stages };
}

const CLAUSE = /^(.*\S)\s+(during|for\s+every)\s+(\S(?:.*\S)?)\s*$/;

/**
 * Cuts `during …` and `for every …` off the end of a threshold, in any order, each at most once. A string says what is wrong.
 *
 * @param stageNames  names that may stand behind `during` besides the phases; undefined: whatever stands there
 */
export function cutWindow(
  text: string,
  stageNames: readonly string[] | undefined,
): { readonly rest: string; readonly window: Window | null } | string {
  let rest = text;
  let during: string | null = null;
  let everyUs: number | null = null;
  for (let clause = CLAUSE.exec(rest); clause !== null; clause = CLAUSE.exec(rest)) {
    const value = clause[3]!;
    if (clause[2] === 'during') {
      if (during !== null) return 'expected "during" once';
      const problem = checkPhase(value, stageNames);
      if (problem !== null) return problem;
      during = value;
    } else {
      if (everyUs !== null) return 'expected "for every" once';
      const length = parseDurationUs(value);
      const isWhole = length.ok && length.value >= SECOND_US && length.value % SECOND_US === 0;
      if (!isWhole) return `for every: expected whole seconds such as 10s, got ${JSON.stringify(value)}`;
      everyUs = length.value;
    }
    rest = clause[1]!;
  }
  return { rest, window: during === null && everyUs === null ? null : { during, everyUs } };
}

function checkPhase(name: string, stageNames: readonly string[] | undefined): string | null {
  const known = [...PHASES, ...(stageNames ?? [])];
  if (known.includes(name)) return null;
  if (stageNames === undefined && /^[a-z0-9][a-z0-9-]*$/.test(name)) return null;
  const suggestion = didYouMean(name, known);
  return `unknown phase or stage ${JSON.stringify(name)}${suggestion === '' ? `, expected one of ${known.join(', ')}` : suggestion}`;
}

/** What counts of a run: warm-up is left out of its figures. */
export function wholeRun({ warmupEndUs, measureEndUs }: Timetable): Span {
  return { fromUs: warmupEndUs, toUs: measureEndUs, allOf: 'run' };
}

/** The part of the run that a window names; null where it has no stage of that name. */
export function spanOf(during: string | null, timetable: Timetable): Span | null {
  const { warmupEndUs, measureEndUs, stages } = timetable;
  if (during === 'warm-up') return { fromUs: 0, toUs: warmupEndUs, allOf: during };
  if (during === null || during === 'measure') return { ...wholeRun(timetable), allOf: 'measure' };
  if (during === 'drain') return { fromUs: measureEndUs, toUs: Number.POSITIVE_INFINITY, allOf: during };
  let fromUs = warmupEndUs;
  for (const { name, durationUs } of stages) {
    if (name === during) return { fromUs, toUs: Math.min(measureEndUs, fromUs + durationUs) };
    fromUs += durationUs;
  }
  return null;
}

/**
 * The whole seconds inside a span, as [first, end): what is known second by second cannot be cut any finer. Drain goes on to
 * the last second there is.
 */
export function wholeSeconds({ fromUs, toUs }: Span, lastSecond: number): readonly [first: number, end: number] {
  const end = Number.isFinite(toUs) ? Math.floor(toUs / SECOND_US) : lastSecond + 1;
  return [Math.ceil(fromUs / SECOND_US), end];
}

/**
 * The seconds in which what counts in a span was due, as [first, end): its whole ones, and of a second that measure begins or ends in
 * all, since nothing that is measured was due in the rest of it. So no message of measure is in no part of it.
 */
export function dueSeconds(
  span: Span,
  { warmupEndUs, measureEndUs }: Timetable,
): readonly [first: number, end: number] {
  const [first, end] = wholeSeconds(span, Number.POSITIVE_INFINITY);
  return [
    first === Math.ceil(warmupEndUs / SECOND_US) ? Math.floor(warmupEndUs / SECOND_US) : first,
    end === Math.floor(measureEndUs / SECOND_US) ? Math.ceil(measureEndUs / SECOND_US) : end,
  ];
}

/** Every full stretch of `everyUs` inside the span, each a second after the one before. */
export function slideWindows(span: Span, everyUs: number, lastSecond: number): readonly Span[] {
  const [first, end] = wholeSeconds(span, lastSecond);
  const stretches = Math.max(0, end - first - everyUs / SECOND_US + 1);
  return Array.from({ length: stretches }, (_, index) => ({
    fromUs: (first + index) * SECOND_US,
    toUs: (first + index) * SECOND_US + everyUs,
  }));
}

/** "12 s–22 s" */
export function formatSpan({ fromUs, toUs }: Span): string {
  const text = (us: number) => (us < 600 * SECOND_US ? `${us / SECOND_US} s` : formatDuration(us));
  return `${text(fromUs)}–${text(toUs)}`;
}
