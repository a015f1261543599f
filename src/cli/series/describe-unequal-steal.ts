import { DEFAULT_MAX_STEAL_RATIO } from '../../gate/compare/choose-trials.ts';
import { median } from '../../gate/statistics/median.ts';
import { formatShare } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';

type Steals = readonly Pick<RunResult, 'host'>[];

/**
 * One line where the hypervisor disturbed the runs of one side more than those of the other (medians, the larger one above what a
 * trial may have by default, and at least twice the other): what differs may be the machine. Null where it did not, or is not known.
 */
export function describeUnequalSteal(base: Steals, head: Steals): string | null {
  const [ofBase, ofHead] = [medianSteal(base), medianSteal(head)];
  const most = Math.max(ofBase, ofHead);
  if (most <= DEFAULT_MAX_STEAL_RATIO || most < 2 * Math.min(ofBase, ofHead)) return null;
  return `warning: the hypervisor took ${formatShare(ofBase)} of the CPU time in base's runs and ${formatShare(ofHead)} in head's (medians): what differs may be the machine; chatbench ab measures both in turn`;
}

/** Where steal is not known it is taken for none, as of a trial. */
function medianSteal(runs: Steals): number {
  return median(runs.map(({ host }) => host.stealRatio ?? 0));
}
