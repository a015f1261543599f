import { formatRatio } from '../../quantities.ts';
import type { RepeatIndex } from '../../result/repeat-index.ts';

/** One line about trials that count although the hypervisor disturbed them. */
export function describeOverBudget(
  { overBudget, trials, setAside, maxStealRatio }: RepeatIndex,
  what = 'trials',
): string {
  const limit = formatRatio(maxStealRatio);
  return `warning: of the ${trials.length} ${what} that count, the hypervisor took more than ${limit} of the CPU time in ${overBudget}: ${trials.length + setAside.length} did not yield enough with less`;
}
