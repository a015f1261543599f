import type { ExperimentStep } from '../result/experiment-result.ts';

/** From the worst for an answer to the best: what failed, failed, whatever else cannot be trusted. */
const VERDICTS = ['fail', 'invalid', 'pass'] as const;

/**
 * Trials of combinations as one step for each combination, in the order of their first trials: the figures of the trial with the
 * median p95 (the lower of two), but what went wrong in any of them.
 */
export function foldTrials(trials: readonly ExperimentStep[]): readonly ExperimentStep[] {
  return [...Map.groupBy(trials, ({ label }) => label).values()].map(foldOne);
}

function foldOne(trials: readonly ExperimentStep[]): ExperimentStep {
  const p95Us = ({ figures }: ExperimentStep) => figures.p95Us ?? Number.POSITIVE_INFINITY;
  const middle = trials.toSorted((one, other) => p95Us(one) - p95Us(other))[Math.floor((trials.length - 1) / 2)]!;
  const sum = (name: 'lost' | 'duplicated' | 'reordered') =>
    trials.reduce((all, { figures }) => all + figures[name], 0);
  return {
    ...middle,
    verdict: VERDICTS.find((verdict) => trials.some((trial) => trial.verdict === verdict))!,
    held: trials.every(({ held }) => held),
    bindings: trials.find(({ held }) => !held)?.bindings ?? [],
    figures: { ...middle.figures, lost: sum('lost'), duplicated: sum('duplicated'), reordered: sum('reordered') },
    trials: trials.map(({ verdict, figures, directory }) => ({
      verdict,
      p95Us: figures.p95Us,
      lost: figures.lost,
      directory,
    })),
  };
}
