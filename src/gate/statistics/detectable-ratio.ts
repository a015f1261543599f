import { randomBelow } from '../../random.ts';
import { criticalCount } from './mann-whitney.ts';
import { median } from './median.ts';

export interface DetectionRule {
  readonly baseRuns: number;
  readonly headRuns: number;
  /** The p-value up to which the test speaks. */
  readonly alpha: number;
  /** The ratio that a regression has to exceed. */
  readonly leastRatio: number;
  /** The difference that it has to exceed, in the values' unit. */
  readonly leastDifference: number;
}

/** Draws, and the share of them in which a regression of the detectable size is found. */
const DRAWS = 200;
const POWER = 0.8;
const LARGEST_RATIO = 64;
const BISECTIONS = 14;
const SEED = 20_261_122;

/**
 * The smallest ratio head ÷ base that a comparison like this one would have found in 80 % of cases, from the spread of the
 * base's runs: base and head are both drawn from them with replacement (200 times, seeded), head's values are multiplied by r,
 * and the whole rule (test, tolerance, floor) is applied; r is bisected. The test uses the critical count of Mann and Whitney
 * without ties, ties counting half.
 *
 * @returns null where no r up to 64 is found that often, or where a single run says nothing of a spread
 */
export function detectableRatio(runs: readonly number[], rule: DetectionRule): number | null {
  const critical = criticalCount(rule.baseRuns, rule.headRuns, rule.alpha);
  if (critical === null || runs.length < 2 || !runs.every((value) => Number.isFinite(value) && value > 0)) return null;
  const draws = Array.from({ length: DRAWS }, (_, draw) => ({
    base: drawRuns(runs, rule.baseRuns, 2 * draw),
    head: drawRuns(runs, rule.headRuns, 2 * draw + 1),
  }));
  const isDetectable = (ratio: number) => {
    const found = draws.filter(({ base, head }) =>
      isFound(
        base,
        head.map((value) => value * ratio),
        rule,
        critical,
      ),
    );
    return found.length >= POWER * DRAWS;
  };
  if (!isDetectable(LARGEST_RATIO)) return null;
  let low = 1;
  let high = LARGEST_RATIO;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = Math.sqrt(low * high);
    if (isDetectable(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function isFound(
  base: readonly number[],
  head: readonly number[],
  { leastRatio, leastDifference }: DetectionRule,
  critical: number,
): boolean {
  let above = 0;
  for (const from of base) for (const to of head) above += to > from ? 1 : to === from ? 0.5 : 0;
  if (above < critical) return false;
  const ratios = base.flatMap((from) => head.map((to) => to / from));
  const differences = base.flatMap((from) => head.map((to) => to - from));
  return median(ratios) > leastRatio && median(differences) > leastDifference;
}

function drawRuns(runs: readonly number[], count: number, draw: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => runs[randomBelow(SEED, draw, index, runs.length)]!);
}
