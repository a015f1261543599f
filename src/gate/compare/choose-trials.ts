import { mostOf } from '../../extremes.ts';
import { formatShare } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { findInvalidating, VALIDITY_LIMITS } from '../finding.ts';
import type { Verdict } from '../verdict.ts';

/** Most of the CPU time that the hypervisor may take of a trial, unless somebody says otherwise. */
export const DEFAULT_MAX_STEAL_RATIO: number = VALIDITY_LIMITS.stealRatio;

/** All that a trial is chosen by. No latency and no count is among it: whoever chooses by the outcome chooses the outcome. */
export interface TrialFacts {
  /** Why its figures cannot be trusted; null for a valid trial. */
  readonly problem: string | null;
  /** Null where the machine cannot tell. */
  readonly stealRatio: number | null;
}

export interface ChoiceRule {
  readonly wanted: number;
  /** At least `wanted`. */
  readonly mostTrials: number;
  readonly maxStealRatio: number;
}

export interface TrialChoice {
  /** Indexes of the trials that count, ascending: as many as are wanted, or all where fewer were run. */
  readonly chosen: readonly number[];
  readonly setAside: readonly { readonly trial: number; readonly reason: string }[];
  /** How many of the chosen had more of their CPU time taken than the rule allows. */
  readonly overBudget: number;
}

export function readTrialFacts({ host }: Pick<RunResult, 'host'>, verdict: Verdict): TrialFacts {
  return { problem: findInvalidating(verdict)?.message ?? null, stealRatio: host.stealRatio };
}

/** Of two trials that count together or not at all. */
export function factsOfPair(one: TrialFacts, other: TrialFacts): TrialFacts {
  const known = [one, other].flatMap(({ stealRatio }) => stealRatio ?? []);
  return { problem: one.problem ?? other.problem, stealRatio: known.length === 0 ? null : mostOf(known) };
}

/** Why a trial is to be measured again; null for a sound one. */
export function describeUnsound({ problem, stealRatio }: TrialFacts, maxStealRatio: number): string | null {
  if (problem !== null) return problem;
  if (stealRatio === null || stealRatio <= maxStealRatio) return null;
  return `the hypervisor took ${formatShare(stealRatio)}`;
}

/**
 * Whether no further trial is needed or allowed: as many are sound as are wanted, or the most were run, or so many are invalid
 * that the valid ones could never be enough.
 */
export function isSettled(trials: readonly TrialFacts[], { wanted, mostTrials, maxStealRatio }: ChoiceRule): boolean {
  if (trials.length < wanted) return false;
  const sound = trials.filter((trial) => describeUnsound(trial, maxStealRatio) === null).length;
  const invalid = trials.filter(({ problem }) => problem !== null).length;
  return sound >= wanted || trials.length >= mostTrials || invalid > mostTrials - wanted;
}

/**
 * The trials that count: sound ones first; where they are too few, the valid ones of least steal; where those are too few as well,
 * invalid ones, by which a comparison becomes inconclusive. Pure, and blind to what was measured.
 */
export function chooseTrials(trials: readonly TrialFacts[], { wanted, maxStealRatio }: ChoiceRule): TrialChoice {
  const rank = ({ problem, stealRatio }: TrialFacts) => {
    const steal = stealRatio ?? 0;
    return [problem === null ? 0 : 1, steal <= maxStealRatio ? 0 : steal] as const;
  };
  const chosen = trials
    .map((trial, index) => ({ index, order: [...rank(trial), index] as const }))
    .sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2])
    .slice(0, wanted)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  const setAside = trials.flatMap((trial, index) =>
    chosen.includes(index)
      ? []
      : [{ trial: index, reason: describeUnsound(trial, maxStealRatio) ?? 'it was not needed' }],
  );
  const overBudget = chosen.filter((index) => (trials[index]!.stealRatio ?? 0) > maxStealRatio).length;
  return { chosen, setAside, overBudget };
}
