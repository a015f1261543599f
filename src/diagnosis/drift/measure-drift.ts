import { estimateSlope, medianOf } from '../../record/robust-slope.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Drift, DriftKind } from './drift.ts';
import { type DriftColumns, listDriftColumns } from './drift-columns.ts';
import { findLimit } from './find-limit.ts';

const HOUR_US = 3_600_000_000;
/** Readings are put together in stretches: what resembles its neighbours for a second or two counts once. */
const SHORTEST_STRETCH_US = 5_000_000;
const MOST_STRETCHES = 60;
const LEAST_STRETCHES = 12;
/** Of where it began: what was added over measure. Less is nobody's trouble yet. */
const LEAST_RATIO = 0.1;
/** And this much at the least, in base units. */
const LEAST_CHANGE: Readonly<Record<DriftKind, number>> = {
  latency: 1_000,
  queue: 10,
  memory: 5_000_000,
  connections: 1,
  observed: 0,
};
/** What has settled goes on in its second half no longer: that one's slope over the slope of the whole. */
const LASTING_RATIO = 1 / 3;

/**
 * Whether latency, queue, connections, memory and what is observed stayed as they were over measure: of each the slope with its
 * interval, per hour. Empty where measure is shorter than a minute, or where its load changed on purpose.
 */
export function measureDrift(result: RunResult): readonly Drift[] {
  const { warmupEndUs, measureEndUs } = result.phases;
  if (measureEndUs - warmupEndUs < LEAST_STRETCHES * SHORTEST_STRETCH_US || !isSteady(result)) return [];
  return listDriftColumns(result).flatMap((columns) => {
    const drift = measureOne(columns, result);
    return drift === null ? [] : [drift];
  });
}

/** One rate throughout, and nothing broken on purpose. */
function isSteady({ scenario: { load, faults } }: RunResult): boolean {
  const rates = load.stages.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]);
  return faults.length === 0 && new Set(rates).size <= 1;
}

function measureOne(columns: DriftColumns, result: RunResult): Drift | null {
  const { warmupEndUs, measureEndUs } = result.phases;
  const { xs, ys } = inStretches(columns, warmupEndUs, measureEndUs);
  if (xs.length < LEAST_STRETCHES) return null;
  const whole = estimateSlope(xs, ys);
  if (whole === null) return null;
  const middle = medianOf(ys.map((y, index) => y - whole.slope * xs[index]!).sort((one, other) => one - other));
  const at = (us: number) => middle + whole.slope * (us / HOUR_US);
  const [from, to] = [at(warmupEndUs), at(measureEndUs)];
  const isSure = whole.low > 0 || whole.high < 0;
  const change = Math.abs(to - from);
  const isMuch = change >= LEAST_CHANGE[columns.kind] && change >= LEAST_RATIO * Math.abs(from);
  const drift = {
    name: columns.name,
    kind: columns.kind,
    unit: columns.unit,
    perHour: whole.slope,
    lowPerHour: whole.low,
    highPerHour: whole.high,
    from,
    to,
    drifts: isSure && isMuch && goesOn(xs, ys, whole.slope),
  };
  return { ...drift, limit: drift.drifts ? findLimit(drift, result) : null };
}

/** Whether the second half has the slope, too: what a process takes while it warms up, it takes once. */
function goesOn(xs: readonly number[], ys: readonly number[], slope: number): boolean {
  const half = Math.floor(xs.length / 2);
  const later = estimateSlope(xs.slice(half), ys.slice(half));
  return later !== null && later.slope / slope >= LASTING_RATIO && (slope > 0 ? later.low > 0 : later.high < 0);
}

/** The median of each stretch that has readings, at its middle, in hours. */
function inStretches({ atUs, values }: DriftColumns, fromUs: number, toUs: number) {
  const stretches = Math.min(MOST_STRETCHES, Math.floor((toUs - fromUs) / SHORTEST_STRETCH_US));
  const lengthUs = (toUs - fromUs) / stretches;
  const members: number[][] = Array.from({ length: stretches }, () => []);
  for (const [index, value] of values.entries()) {
    const stretch = Math.floor((atUs[index]! - fromUs) / lengthUs);
    if (value !== null && atUs[index]! >= fromUs && stretch < stretches) members[stretch]!.push(value);
  }
  const known = members.flatMap((some, index) =>
    some.length === 0 ? [] : [[index, medianOf(some.sort((one, other) => one - other))] as const],
  );
  return {
    xs: known.map(([index]) => (fromUs + (index + 0.5) * lengthUs) / HOUR_US),
    ys: known.map(([, value]) => value),
  };
}
