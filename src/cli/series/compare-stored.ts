import { ChatbenchError } from '../../errors.ts';
import { compareRuns } from '../../gate/compare/compare-runs.ts';
import type { Comparison } from '../../gate/compare/comparison.ts';
import { describeDifferences, type FingerprintPart, fingerprintOf } from '../../gate/compare/fingerprint.ts';
import { sampleRun } from '../../gate/compare/run-sample.ts';
import { type Tolerances, timeTolerances } from '../../gate/compare/tolerances.ts';
import type { StoredRuns } from './read-runs.ts';

export interface StoredOptions {
  readonly tolerances: Tolerances;
  readonly floorUs: number;
  readonly floorCount?: number;
  /** Pass only with the power to fail. */
  readonly requirePower?: boolean;
  /** Compare although fingerprints differ. */
  readonly force: boolean;
  /** The parts of a fingerprint that have to be equal; all by default. */
  readonly parts?: readonly FingerprintPart[];
}

type Side = Pick<StoredRuns, 'label' | 'results'>;

/**
 * Compares stored runs.
 *
 * @throws ChatbenchError `fingerprints-differ` where the runs are not of one kind and nobody insists
 */
export function compareStored(base: Side, head: Side, options: StoredOptions): Comparison {
  const reference = fingerprintOf(base.results[0]!);
  const differences = [
    ...new Set(
      [...base.results, ...head.results].flatMap((result) =>
        describeDifferences(reference, fingerprintOf(result), options.parts),
      ),
    ),
  ];
  if (differences.length > 0 && !options.force) {
    throw new ChatbenchError(
      'fingerprints-differ',
      `${base.label} and ${head.label} cannot be compared\n${differences.join('\n')}`,
      {
        hint: 'measure both in one session with `chatbench ab`, or insist with --force',
      },
    );
  }
  const sample = ({ label, results }: Side) => ({
    label,
    runs: results.map((result) => sampleRun(result, timeTolerances(options.tolerances).keys())),
  });
  return compareRuns(sample(base), sample(head), { ...options, differences, withDetectable: true });
}
