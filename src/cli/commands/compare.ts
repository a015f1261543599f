import type { ExitCode } from '../../errors.ts';
import type { Tolerances } from '../../gate/compare/tolerances.ts';
import { weighConfirmation } from '../../gate/compare/weigh-confirmation.ts';
import { printNote } from '../print.ts';
import { compareStored } from '../series/compare-stored.ts';
import { measureAgain } from '../series/confirm-head.ts';
import { readRuns } from '../series/read-runs.ts';
import { showComparison } from '../series/show-comparison.ts';

export interface CompareCommandOptions {
  readonly tolerance: Tolerances;
  /** µs. */
  readonly floor: number;
  readonly confirm: boolean;
  readonly force: boolean;
  readonly json: boolean;
  readonly reports: string;
}

/**
 * `chatbench compare BASE HEAD`: 0 no regression, 4 regression, 5 inconclusive.
 *
 * @throws ChatbenchError `result-unreadable`, or `fingerprints-differ` without --force
 */
export async function compare(basePath: string, headPath: string, options: CompareCommandOptions): Promise<ExitCode> {
  const { tolerance: tolerances, floor: floorUs, force, reports } = options;
  const base = await readRuns(basePath, reports);
  const head = await readRuns(headPath, reports);
  let comparison = compareStored(base, head, { tolerances, floorUs, force });
  if (comparison.verdict === 'fail' && options.confirm) {
    printNote(`regression: ${comparison.reasons.join('; ')}`);
    printNote(`measuring head again: ${head.command.join(' ')}`);
    const again = await measureAgain(head, reports);
    comparison = weighConfirmation(comparison, compareStored(base, again, { tolerances, floorUs, force }));
  }
  showComparison(comparison, options);
  return comparison.exitCode;
}
