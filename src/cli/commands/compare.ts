import { EXIT, type ExitCode } from '../../errors.ts';
import type { Comparison } from '../../gate/compare/comparison.ts';
import type { Tolerances } from '../../gate/compare/tolerances.ts';
import { printNote } from '../print.ts';
import { tellGithubOfComparison } from '../run/tell-github.ts';
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
  await tellGithubOfComparison(comparison);
  return comparison.exitCode;
}

/** What is not there again was none; what could not be measured again is open. */
export function weighConfirmation(first: Comparison, again: Comparison): Comparison {
  if (again.verdict === 'fail') return { ...again, confirmed: true };
  if (again.verdict === 'inconclusive') {
    return { ...again, reasons: [...first.reasons, ...again.reasons.map((reason) => `measured again: ${reason}`)] };
  }
  return { ...again, exitCode: EXIT.pass, confirmed: false };
}
