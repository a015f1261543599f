import { redactDeep } from '../redact.ts';
import type { ExperimentResult, ExperimentStep } from '../result/experiment-result.ts';
import { chooseWinners } from './choose-winners.ts';
import { findKnee } from './find-knee.ts';
import type { FoundCapacity } from './search-capacity.ts';
import { type FleetFacts, sizeFleet } from './size-fleet.ts';

export type ExperimentFacts = Omit<ExperimentResult, 'schema' | 'capacity' | 'knee' | 'sizing' | 'winners'> & {
  readonly found: FoundCapacity | null;
  /** Steps that replay shares of the capacity, or that sweep: the points of the curve, as indexes of `steps`. */
  readonly curve: readonly number[];
  /** What a fleet is to be sized by; null where nobody asked, or nothing was found. */
  readonly fleet: FleetFacts | null;
};

/** Puts together what the steps of an experiment say, without secrets. */
export function buildExperiment({ found, curve, fleet, ...facts }: ExperimentFacts): ExperimentResult {
  const { steps } = facts;
  return redactDeep({
    schema: 'chatbench.experiment/1',
    ...facts,
    capacity: found === null ? null : { ...found, bindings: bindingsAt(steps, found.failedAt) },
    knee: facts.varied === 'room-size' ? null : kneeOf(steps, curve),
    winners: facts.kind === 'matrix' ? chooseWinners(steps) : [],
    sizing: fleet === null ? null : sizeFleet(fleet),
  });
}

/** What bound at the lowest value that failed: of its last trial, since an earlier one may have failed by accident. */
function bindingsAt(steps: readonly ExperimentStep[], failedAt: number | null): ExperimentStep['bindings'] {
  if (failedAt === null) return [];
  return steps.findLast(({ value, held }) => value === failedAt && !held)?.bindings ?? [];
}

/** Index of the step; a value that was tried twice is one point, what cannot be trusted none. */
function kneeOf(steps: readonly ExperimentStep[], curve: readonly number[]): number | null {
  const lastOfValue = new Map(
    curve.filter((index) => steps[index]!.verdict !== 'invalid').map((index) => [steps[index]!.value ?? index, index]),
  );
  const byLoad = [...lastOfValue].sort(([one], [other]) => one - other).map(([, index]) => index);
  const points = byLoad.map((index) => {
    const { deliveredPerSecond, p95Us, lost } = steps[index]!.figures;
    const isUsable = lost === 0 && p95Us !== null && deliveredPerSecond !== null;
    return { throughput: deliveredPerSecond ?? 0, latencyUs: isUsable ? p95Us : Number.POSITIVE_INFINITY };
  });
  const knee = findKnee(points);
  return knee === null ? null : byLoad[knee]!;
}
