import { EXIT } from '../../errors.ts';
import { formatCount, formatDurationUs, formatRatio } from '../../units.ts';
import { detectableRatio } from '../statistics/detectable-ratio.ts';
import { estimateShift } from '../statistics/hodges-lehmann.ts';
import { adjustByHolm } from '../statistics/holm.ts';
import { mannWhitney, smallestP } from '../statistics/mann-whitney.ts';
import { median } from '../statistics/median.ts';
import type { ComparedCount, ComparedSide, ComparedTime, Comparison, Spread } from './comparison.ts';
import { COUNT_NAMES, type RunSample } from './run-sample.ts';
import type { Tolerances } from './tolerances.ts';

/**
 * The chance of any false alarm among the gated times. Five runs against five yield p = 1/252 at the least, and three times
 * that, for three gated times, has to be within reach.
 */
export const ALPHA = 0.0125;

export interface RunSet {
  readonly label: string;
  readonly runs: readonly RunSample[];
}

export interface CompareOptions {
  readonly tolerances: Tolerances;
  readonly floorUs: number;
  /** What differs between both besides what is measured, where somebody insists on comparing. */
  readonly differences?: readonly string[];
  /** Also estimate what could have been detected; costs some tenths of a second. */
  readonly withDetectable?: boolean;
}

/**
 * Head's runs against base's. A time has regressed only if the one-sided exact Mann–Whitney test says so (Holm over all gated
 * times, `ALPHA`), and the Hodges–Lehmann ratio exceeds the tolerance, and the difference exceeds the floor. A count has regressed
 * if head's worst run has more than base's worst.
 *
 * Inconclusive where a run is invalid, a time has no data, or so few runs can never be significant; a count that has regressed is a
 * failure also with few runs. Pure: the same runs give the same comparison.
 */
export function compareRuns(base: RunSet, head: RunSet, options: CompareOptions): Comparison {
  const measured = compareTimes(base.runs, head.runs, options);
  const counts = compareCounts(base.runs, head.runs);
  const doubts = [
    ...listInvalid(base),
    ...listInvalid(head),
    ...listMissing(measured),
    ...listTooFew(base, head, measured.length),
  ];
  // Of doubtful runs nothing is said to have regressed.
  const times = doubts.length === 0 ? measured : measured.map((time) => ({ ...time, regressed: false }));
  const regressions = [
    ...times.filter(({ regressed }) => regressed).map(describeTime),
    ...counts.filter(({ regressed }) => regressed).map(describeCount),
  ];
  const hasInvalid = [base, head].some(({ runs }) => runs.length === 0 || runs.some(({ problem }) => problem !== null));
  const verdict = regressions.length > 0 && !hasInvalid ? 'fail' : doubts.length > 0 ? 'inconclusive' : 'pass';
  const exitCode = { pass: EXIT.pass, fail: EXIT.thresholdFailed, inconclusive: EXIT.invalid }[verdict];
  const reasons = { pass: ['no regression found'], fail: regressions, inconclusive: doubts }[verdict];
  return {
    verdict,
    exitCode,
    reasons,
    base: describeSide(base),
    head: describeSide(head),
    alpha: ALPHA,
    floorUs: options.floorUs,
    times,
    counts,
    differences: options.differences ?? [],
    confirmed: null,
  };
}

function compareTimes(
  base: readonly RunSample[],
  head: readonly RunSample[],
  { tolerances, floorUs, withDetectable }: CompareOptions,
): readonly ComparedTime[] {
  const measured = [...tolerances].map(([subject, tolerance]) => {
    const values = { base: readTimes(base, subject), head: readTimes(head, subject) };
    const p = values.base === null || values.head === null ? null : mannWhitney(values.base, values.head);
    return { subject, tolerance, values, p };
  });
  const adjusted = adjustByHolm(measured.map(({ p }) => p ?? 1));
  return measured.map(({ subject, tolerance, values, p }, index) => {
    const facts = { subject, tolerance, base: spreadOf(values.base), head: spreadOf(values.head), p };
    if (values.base === null || values.head === null) {
      const nothing = { ratio: null, ratioInterval: null, differenceUs: null, adjustedP: null, detectableRatio: null };
      return { ...facts, ...nothing, regressed: false };
    }
    const { ratio, interval, difference } = estimateShift(values.base, values.head);
    const adjustedP = adjusted[index]!;
    const rule = {
      baseRuns: base.length,
      headRuns: head.length,
      alpha: ALPHA / tolerances.size,
      leastRatio: 1 + tolerance,
      leastDifference: floorUs,
    };
    return {
      ...facts,
      ratio,
      ratioInterval: interval,
      differenceUs: difference,
      adjustedP,
      regressed: adjustedP <= ALPHA && ratio > rule.leastRatio && difference > floorUs,
      detectableRatio: withDetectable === true ? detectableRatio(values.base, rule) : null,
    };
  });
}

function compareCounts(base: readonly RunSample[], head: readonly RunSample[]): readonly ComparedCount[] {
  return COUNT_NAMES.map((name) => {
    const worst = (runs: readonly RunSample[]) => runs.reduce((most, { counts }) => Math.max(most, counts[name]), 0);
    return { name, base: worst(base), head: worst(head), regressed: worst(head) > worst(base) };
  });
}

/** Null where a run has no data, or there is no run. */
function readTimes(runs: readonly RunSample[], subject: string): readonly number[] | null {
  const values = runs.flatMap(({ timesUs }) => timesUs[subject] ?? []);
  return values.length === 0 || values.length < runs.length ? null : values;
}

function spreadOf(values: readonly number[] | null): Spread | null {
  if (values === null) return null;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

function describeSide({ label, runs }: RunSet): ComparedSide {
  const invalid = runs.flatMap(({ id, problem }) => (problem === null ? [] : [{ id, problem }]));
  return { label, runs: runs.length, invalid };
}

function listInvalid({ label, runs }: RunSet): readonly string[] {
  if (runs.length === 0) return [`${label} has no runs`];
  return runs.flatMap(({ id, problem }) => (problem === null ? [] : [`${label}: run ${id} is invalid: ${problem}`]));
}

function listMissing(times: readonly ComparedTime[]): readonly string[] {
  return times.flatMap(({ subject, base, head }) =>
    base === null || head === null ? [`${subject} has no data in ${base === null ? 'base' : 'head'}`] : [],
  );
}

/** Even runs that are wholly apart have to be significant at Holm's first step. */
function listTooFew(base: RunSet, head: RunSet, times: number): readonly string[] {
  if (times === 0 || base.runs.length === 0 || head.runs.length === 0) return [];
  if (smallestP(base.runs.length, head.runs.length) <= ALPHA / times) return [];
  let enough = 1;
  while (smallestP(enough, enough) > ALPHA / times) enough++;
  return [
    `too few runs: ${base.runs.length} against ${head.runs.length} can show nothing about ${times} times, expected at least ${enough} each`,
  ];
}

function describeTime({ subject, base, head, ratio, differenceUs, adjustedP, tolerance }: ComparedTime): string {
  const change = `${formatDurationUs(base?.median ?? Number.NaN)} → ${formatDurationUs(head?.median ?? Number.NaN)}`;
  const size = ratio === Number.POSITIVE_INFINITY ? 'endless' : `× ${(ratio ?? 1).toFixed(2)}`;
  return `${subject} is worse: ${change}, ${size} (+${formatDurationUs(differenceUs ?? 0)}), p = ${formatP(adjustedP ?? 1)}, tolerance ${formatRatio(tolerance)}`;
}

function describeCount({ name, base, head }: ComparedCount): string {
  return `${name}: ${formatCount(head)} in the worst run, ${formatCount(base)} in base`;
}

function formatP(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}
