import { formatLatency, formatShare } from '../quantities.ts';
import type { ExperimentResult, ExperimentStep } from '../result/experiment-result.ts';

/** Of the mean: less is within what two runs differ in. */
const LEAST_GROWTH = 0.1;

type Hop = NonNullable<ExperimentStep['figures']['hops']>[number];

/** Which hop's share of a delivery grew most with the load, and how busy its process was in the end; none where none grew, or no frame says. */
export function describeHopGrowth({ kind, steps }: Pick<ExperimentResult, 'kind' | 'steps'>): readonly string[] {
  if (kind === 'matrix') return [];
  const usable = steps
    .filter(({ value, verdict, figures }) => value !== null && verdict !== 'invalid' && figures.hops !== undefined)
    .sort((one, other) => one.value! - other.value!);
  const [low, high] = [usable[0], usable.at(-1)];
  if (low === undefined || high === undefined || low.value === high.value) return [];
  const before = sharesOf(low);
  const [most] = sharesOf(high)
    .map((hop) => {
      const { share, meanUs } = before.find(({ name }) => name === hop.name) ?? { share: 0, meanUs: 0 };
      return { ...hop, before: { share, meanUs }, growth: hop.share - share };
    })
    .sort((one, other) => other.growth - one.growth);
  if (most === undefined || most.growth < LEAST_GROWTH) return [];
  const busy = most.process === null ? '' : `; ${most.process} used ${formatShare(most.cpuRatio)} of a core there`;
  const then = `${formatShare(most.before.share)} of a delivery's mean (${formatLatency(most.before.meanUs)})`;
  return [
    `From ${low.label} to ${high.label} the hop "${most.name}" grew most: from ${then} to ${formatShare(most.share)} (${formatLatency(most.meanUs)})${busy}.`,
  ];
}

function sharesOf({ figures: { hops = [] } }: ExperimentStep): readonly (Hop & { readonly share: number })[] {
  const totalUs = hops.reduce((sum, { meanUs }) => sum + meanUs, 0);
  return hops.map((hop) => ({ ...hop, share: totalUs === 0 ? 0 : hop.meanUs / totalUs }));
}
