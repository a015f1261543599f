import { leastOf, mostOf } from '../extremes.ts';
import type { ExperimentStep, Winner } from '../result/experiment-result.ts';

/**
 * Fewer say nothing of a spread: of two equal steps of three trials each, all of one lie below all of the other by chance once in
 * ten times; of five each, once in 126.
 */
export const LEAST_TRIALS = 3;

/**
 * Of each load that several steps had, the step with the lowest p95: the one whose every trial is faster than every trial of the
 * others. What lost deliveries is no candidate; where a step cannot be trusted, nothing is known of the best.
 */
export function chooseWinners(steps: readonly ExperimentStep[]): Winner[] {
  const loads = [...new Set(steps.map(({ load }) => load))];
  return loads.flatMap((load) => {
    const rivals = steps.filter((step) => step.load === load);
    return rivals.length < 2 ? [] : [{ load, ...winnerOf(rivals, steps) }];
  });
}

function winnerOf(rivals: readonly ExperimentStep[], steps: readonly ExperimentStep[]): Omit<Winner, 'load'> {
  const none = (reason: Winner['reason']) => ({ step: null, reason });
  const usable = rivals.filter(({ verdict, figures }) => verdict !== 'invalid' && figures.lost === 0);
  const candidates = usable.flatMap((step) => {
    const p95s = step.trials.flatMap(({ p95Us }) => p95Us ?? []);
    return step.figures.p95Us === null ? [] : [{ step, p95s, p95Us: step.figures.p95Us }];
  });
  if (candidates.length === 0 || rivals.some(({ verdict }) => verdict === 'invalid')) return none('no-figures');
  if (rivals.some(({ trials }) => trials.length < LEAST_TRIALS)) return none('single-trials');
  const [best, ...rest] = candidates.toSorted((one, other) => one.p95Us - other.p95Us);
  const worstUs = mostOf(best!.p95s);
  const isBeyond = rest.every(({ p95s }) => worstUs < leastOf(p95s));
  return isBeyond ? { step: steps.indexOf(best!.step), reason: null } : none('within-spread');
}
