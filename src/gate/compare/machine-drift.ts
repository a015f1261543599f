import { formatFactor, formatShare } from '../../quantities.ts';
import { median } from '../statistics/median.ts';
import { DEFAULT_MAX_STEAL_RATIO } from './choose-trials.ts';

/** What a run tells of its machine, whatever was measured on it. */
export interface MachineFacts {
  /** Share of the CPU time that the hypervisor took, 0–1; null where the machine cannot tell. */
  readonly stealRatio: number | null;
  /** How late the generator itself was, at p99, µs; null without data. */
  readonly latenessUs: number | null;
}

/** The hypervisor disturbed one side's runs more than the other's. */
export interface MachineDrift {
  /** Shares of the CPU time that it took, medians over the runs, 0–1. */
  readonly baseSteal: number;
  readonly headSteal: number;
  /** Head's lateness over base's, medians over the runs; null where it is not known. */
  readonly latenessRatio: number | null;
}

/**
 * Null where the larger median is within what a trial may have by default, or less than twice the other. Steal that is not known is
 * taken for none, as of a trial.
 */
export function findMachineDrift(base: readonly MachineFacts[], head: readonly MachineFacts[]): MachineDrift | null {
  if (base.length === 0 || head.length === 0) return null;
  const [baseSteal, headSteal] = [medianSteal(base), medianSteal(head)];
  const most = Math.max(baseSteal, headSteal);
  if (most <= DEFAULT_MAX_STEAL_RATIO || most < 2 * Math.min(baseSteal, headSteal)) return null;
  const [before, after] = [medianLateness(base), medianLateness(head)];
  return { baseSteal, headSteal, latenessRatio: before === null || after === null ? null : after / before };
}

/**
 * Whether the machine alone may have made head this much slower. The generator is the negative control: the same program on both
 * sides, which waits for the same cores as the target. What has grown by no more than its lateness, need not be the target.
 *
 * @param ratio  head over base, at the lower end of its confidence interval
 */
export function mayBeTheMachine(drift: MachineDrift | null, ratio: number): boolean {
  if (drift === null || drift.headSteal < drift.baseSteal) return false;
  return drift.latenessRatio === null || ratio <= drift.latenessRatio;
}

/** In part of a sentence, with what the generator says of it. */
export function describeDrift({ baseSteal, headSteal, latenessRatio }: MachineDrift): string {
  const late = latenessRatio === null ? '' : `; the generator's own lateness is × ${formatFactor(latenessRatio)}`;
  return `the hypervisor took ${formatShare(baseSteal)} of the CPU time in base's runs and ${formatShare(headSteal)} in head's (medians)${late}`;
}

function medianSteal(runs: readonly MachineFacts[]): number {
  return median(runs.map(({ stealRatio }) => stealRatio ?? 0));
}

/** At least a microsecond: what is divided by it. */
function medianLateness(runs: readonly MachineFacts[]): number | null {
  const known = runs.flatMap(({ latenessUs }) => latenessUs ?? []);
  return known.length === 0 ? null : Math.max(1, median(known));
}
