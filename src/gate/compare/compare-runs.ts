import { EXIT } from '../../errors.ts';
import { leastOf, mostOf } from '../../extremes.ts';
import { formatCount, formatFactor, formatRatio, tellLatency } from '../../quantities.ts';
import { detectableRatio } from '../statistics/detectable-ratio.ts';
import { estimateShift } from '../statistics/hodges-lehmann.ts';
import { adjustByHolm } from '../statistics/holm.ts';
import { mannWhitney, smallestP } from '../statistics/mann-whitney.ts';
import { median } from '../statistics/median.ts';
import { compareObserved } from './compare-observed.ts';
import type { ComparedCount, ComparedSide, ComparedTime, Comparison, Spread } from './comparison.ts';
import { COUNT_NAMES, type CountName } from './count-names.ts';
import { describeDrift, findMachineDrift, type MachineDrift, mayBeTheMachine } from './machine-drift.ts';
import type { RunSample } from './run-sample.ts';
import { countTolerance, DEFAULT_FLOOR_COUNT, type Tolerances, timeTolerances } from './tolerances.ts';

/**
 * The chance of any false alarm among all that is tested, at most. Five runs against five, which yield p = 1/252 at the least, can
 * so be conclusive for three times and two counts; and nine against nine find what the proofs beside this file ask for.
 */
export const ALPHA = 0.02;

const REMEDY = 'what differs may be the machine; chatbench ab measures both sides in turn';

export interface RunSet {
  readonly label: string;
  readonly runs: readonly RunSample[];
}

export interface CompareOptions {
  readonly tolerances: Tolerances;
  readonly floorUs: number;
  /** The same of a count; `DEFAULT_FLOOR_COUNT` by default. */
  readonly floorCount?: number;
  /** What differs between both besides what is measured, where somebody insists on comparing. */
  readonly differences?: readonly string[];
  /** Also estimate what could have been detected; costs some tenths of a second. */
  readonly withDetectable?: boolean;
  /** Pass only where a regression worth the name would have been found. */
  readonly requirePower?: boolean;
}

/**
 * Head's runs against base's. A time has regressed only if the one-sided exact Mann–Whitney test says so (Holm over all that is
 * tested, `ALPHA`), and the Hodges–Lehmann ratio exceeds the tolerance, and the difference exceeds the floor. A count that none of
 * base's runs has, has regressed if one of head's has it. Where base's runs have some, by design or by chance, the worse of two
 * equal sides would be head's every other time: there test, ratio and difference decide as they do for a time, in the same family.
 *
 * Inconclusive where a run is invalid, a time has no data, so few runs can never be significant, a time may be worse by the
 * machine alone (`mayBeTheMachine`), or power is required and not there (`listPowerless`); a count that base's runs do not have is a failure also with few runs. Pure: the same runs give
 * the same comparison.
 */
export function compareRuns(base: RunSet, head: RunSet, options: CompareOptions): Comparison {
  const tests = testAll(base.runs, head.runs, options.tolerances);
  const drift = findMachineDrift(base.runs, head.runs);
  const compared = compareTimes(base.runs, head.runs, tests, options);
  const drifted = compared.filter((time) => time.regressed && mayBeTheMachine(drift, time.ratioInterval?.[0] ?? 1));
  const counted = compareCounts(base.runs, head.runs, tests, options);
  const doubts = [
    ...listInvalid(base),
    ...listInvalid(head),
    ...listMissing(compared),
    ...listTooFew(base, head, tests.size, compared.length),
  ];
  // Of doubtful runs nothing is said to have regressed.
  const times = compared.map((time) =>
    doubts.length > 0 || drifted.includes(time) ? { ...time, regressed: false } : time,
  );
  const counts = counted.map((count) =>
    doubts.length > 0 && tests.has(count.name) ? { ...count, regressed: false } : count,
  );
  const regressions = [
    ...times.filter(({ regressed }) => regressed).map(describeTime),
    ...counts.filter(({ regressed }) => regressed).map(describeCount),
  ];
  const hasInvalid = [base, head].some(({ runs }) => runs.length === 0 || runs.some(({ problem }) => problem !== null));
  const powerless = options.requirePower === true ? listPowerless(times, options.floorUs) : [];
  const unsure = [...doubts, ...listDrifted(drifted, drift), ...powerless];
  const verdict = regressions.length > 0 && !hasInvalid ? 'fail' : unsure.length > 0 ? 'inconclusive' : 'pass';
  const exitCode = { pass: EXIT.pass, fail: EXIT.thresholdFailed, inconclusive: EXIT.invalid }[verdict];
  const reasons = {
    pass: [`no regression found${describeDetectable(times, options)}`],
    fail: regressions,
    inconclusive: unsure,
  }[verdict];
  const isReason = verdict === 'inconclusive' && drifted.length > 0;
  const cautions = drift === null || isReason ? [] : [`${describeDrift(drift)}: ${REMEDY}`];
  const observed = compareObserved(base.runs, head.runs);
  return {
    verdict,
    exitCode,
    reasons,
    ...(observed.length === 0 ? {} : { observed }),
    base: describeSide(base),
    head: describeSide(head),
    alpha: ALPHA,
    floorUs: options.floorUs,
    floorCount: options.floorCount ?? DEFAULT_FLOOR_COUNT,
    times,
    counts,
    differences: options.differences ?? [],
    cautions,
    confirmed: null,
  };
}

type Tests = ReadonlyMap<string, { readonly p: number | null; readonly adjustedP: number }>;

/**
 * By time or count, of every gated time and of every count that base's runs have: p (null without data), and p adjusted over all.
 */
function testAll(base: readonly RunSample[], head: readonly RunSample[], tolerances: Tolerances): Tests {
  const counts = COUNT_NAMES.filter((name) => base.some((run) => run.counts[name] > 0));
  const samples = [
    ...[...timeTolerances(tolerances).keys()].map((name) => ({
      name,
      base: readTimes(base, name),
      head: readTimes(head, name),
    })),
    ...counts.map((name) => ({ name, base: readCounts(base, name), head: readCounts(head, name) })),
  ];
  const ps = samples.map((side) =>
    side.base === null || side.head === null ? null : mannWhitney(side.base, side.head),
  );
  const adjusted = adjustByHolm(ps.map((p) => p ?? 1));
  return new Map(samples.map(({ name }, index) => [name, { p: ps[index]!, adjustedP: adjusted[index]! }]));
}

function compareTimes(
  base: readonly RunSample[],
  head: readonly RunSample[],
  tests: Tests,
  options: CompareOptions,
): readonly ComparedTime[] {
  const { tolerances, floorUs } = options;
  return [...timeTolerances(tolerances)].map(([subject, tolerance]) => {
    const values = { base: readTimes(base, subject), head: readTimes(head, subject) };
    const { p, adjustedP } = tests.get(subject)!;
    const facts = { subject, tolerance, base: spreadOf(values.base), head: spreadOf(values.head), p };
    if (values.base === null || values.head === null) {
      const nothing = { ratio: null, ratioInterval: null, differenceUs: null, adjustedP: null, detectableRatio: null };
      return { ...facts, ...nothing, regressed: false };
    }
    const { ratio, interval, difference } = estimateShift(values.base, values.head);
    const rule = {
      baseRuns: base.length,
      headRuns: head.length,
      alpha: ALPHA / tests.size,
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
      detectableRatio: asksForDetectable(options) ? detectableRatio(values.base, rule) : null,
    };
  });
}

function compareCounts(
  base: readonly RunSample[],
  head: readonly RunSample[],
  tests: Tests,
  { tolerances, floorCount = DEFAULT_FLOOR_COUNT }: CompareOptions,
): readonly ComparedCount[] {
  return COUNT_NAMES.map((name) => {
    const tolerance = countTolerance(tolerances, name);
    const values = { base: readCounts(base, name), head: readCounts(head, name) };
    const worst = (counts: readonly number[]) => counts.reduce((most, count) => Math.max(most, count), 0);
    const facts = { name, tolerance, base: worst(values.base), head: worst(values.head) };
    const test = tests.get(name);
    if (test === undefined || head.length === 0) {
      const nothing = { ratio: null, difference: null, p: null, adjustedP: null };
      return { ...facts, ...nothing, regressed: test === undefined && facts.head > 0 };
    }
    const { ratio, difference } = estimateShift(values.base, values.head);
    const regressed = test.adjustedP <= ALPHA && ratio > 1 + tolerance && difference > floorCount;
    return { ...facts, ...test, ratio, difference, regressed };
  });
}

function readCounts(runs: readonly RunSample[], name: CountName): readonly number[] {
  return runs.map(({ counts }) => counts[name]);
}

/** Null where a run has no data, or there is no run. */
function readTimes(runs: readonly RunSample[], subject: string): readonly number[] | null {
  const values = runs.flatMap(({ timesUs }) => timesUs[subject] ?? []);
  return values.length === 0 || values.length < runs.length ? null : values;
}

function spreadOf(values: readonly number[] | null): Spread | null {
  if (values === null) return null;
  return { median: median(values), least: leastOf(values), most: mostOf(values) };
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

/** What is worse, but by no more than the generator itself, which is the same on both sides. */
function listDrifted(times: readonly ComparedTime[], drift: MachineDrift | null): readonly string[] {
  if (drift === null || times.length === 0) return [];
  const worse = times.map(({ subject, ratio }) => `${subject} × ${formatFactor(ratio ?? 1)}`);
  return [`${worse.join(', ')}: worse, but ${describeDrift(drift)}: ${REMEDY}`];
}

/**
 * Of which times a regression could have passed unseen: the smallest change that would have been found (in 80 % of cases) is more
 * than twice what is tolerated, and more than twice the floor. At the limit itself no number of runs finds more than half.
 */
function listPowerless(times: readonly ComparedTime[], floorUs: number): readonly string[] {
  return times.flatMap(({ subject, base, tolerance, detectableRatio }) => {
    if (base === null) return [];
    const limit = 1 + Math.max(2 * tolerance, base.median > 0 ? (2 * floorUs) / base.median : 0);
    if (detectableRatio !== null && detectableRatio <= limit) return [];
    const seen = detectableRatio === null ? 'no change would' : `only × ${formatFactor(detectableRatio)} or more would`;
    return [
      `${subject}: ${seen} have been found, required is × ${formatFactor(limit)}: more runs, or a quieter machine`,
    ];
  });
}

function asksForDetectable({ withDetectable, requirePower }: CompareOptions): boolean {
  return withDetectable === true || requirePower === true;
}

/** The smallest change of each time that would have been told, for the line that says there was none. */
function describeDetectable(times: readonly ComparedTime[], options: CompareOptions): string {
  if (!asksForDetectable(options) || times.length === 0) return '';
  const least = times.map(({ subject, detectableRatio }) =>
    detectableRatio === null ? `of ${subject} none at all` : `${subject} × ${formatFactor(detectableRatio)}`,
  );
  return `; the smallest it could have found: ${least.join(', ')}`;
}

/** Even runs that are wholly apart have to be significant at Holm's first step. */
function listTooFew(base: RunSet, head: RunSet, tests: number, times: number): readonly string[] {
  if (tests === 0 || base.runs.length === 0 || head.runs.length === 0) return [];
  if (smallestP(base.runs.length, head.runs.length) <= ALPHA / tests) return [];
  let enough = 1;
  while (smallestP(enough, enough) > ALPHA / tests) enough++;
  const figures =
    tests === times
      ? `${times} times`
      : `${times} times and ${tests - times} ${tests - times === 1 ? 'count' : 'counts'}`;
  return [
    `too few runs: ${base.runs.length} against ${head.runs.length} can show nothing about ${figures}, expected at least ${enough} each`,
  ];
}

function describeTime({ subject, base, head, ratio, differenceUs, adjustedP, tolerance }: ComparedTime): string {
  const change = `${tellLatency(base?.median ?? Number.NaN)} → ${tellLatency(head?.median ?? Number.NaN)}`;
  const size = ratio === Number.POSITIVE_INFINITY ? 'endless' : `× ${(ratio ?? 1).toFixed(2)}`;
  return `${subject} is worse: ${change}, ${size} (+${tellLatency(differenceUs ?? 0)}), p = ${formatP(adjustedP ?? 1)}, tolerance ${formatRatio(tolerance)}`;
}

function describeCount({ name, base, head, ratio, difference, adjustedP, tolerance }: ComparedCount): string {
  const worst = `${name}: ${formatCount(head)} in the worst run, ${formatCount(base)} in base`;
  if (ratio === null || difference === null || adjustedP === null) return worst;
  const size = ratio === Number.POSITIVE_INFINITY ? '' : ` × ${ratio.toFixed(2)}`;
  return `${worst}, more over all runs:${size} (+${formatCount(difference)}), p = ${formatP(adjustedP)}, tolerance ${formatRatio(tolerance)}`;
}

function formatP(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}
