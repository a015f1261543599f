import { ChatbenchError, type ExitCode } from '../../errors.ts';
import type { Comparison } from '../../gate/compare/comparison.ts';
import type { Tolerances } from '../../gate/compare/tolerances.ts';
import { weighConfirmation } from '../../gate/compare/weigh-confirmation.ts';
import { printNote } from '../print.ts';
import { tellGithubOfComparison } from '../run/tell-github.ts';
import { compareStored } from '../series/compare-stored.ts';
import { measureAgain } from '../series/confirm-head.ts';
import { readRuns } from '../series/read-runs.ts';
import { showComparison, writeComparison } from '../series/show-comparison.ts';

export interface CompareCommandOptions {
  readonly tolerance: Tolerances;
  /** µs. */
  readonly floor: number;
  readonly floorCount: number;
  readonly requirePower: boolean;
  readonly confirm: boolean;
  readonly force: boolean;
  readonly json: boolean;
  /** A file that the comparison is written to as well. */
  readonly out?: string;
  readonly reports: string;
}

/**
 * `chatbench compare BASE HEAD`: 0 no regression, 4 regression, 5 inconclusive.
 *
 * @throws ChatbenchError `result-unreadable`, `fingerprints-differ` without --force, or `output-unwritable`
 */
export async function compare(basePath: string, headPath: string, options: CompareCommandOptions): Promise<ExitCode> {
  const { reports } = options;
  const { tolerance: tolerances, floor: floorUs, floorCount, requirePower, force } = options;
  const rules = { tolerances, floorUs, floorCount, requirePower, force };
  const base = await readRuns(basePath, reports);
  const head = await readRuns(headPath, reports);
  let comparison = compareStored(base, head, rules);
  if (comparison.verdict === 'fail' && options.confirm) {
    printNote(`regression: ${comparison.reasons.join('; ')}`);
    printNote(`measuring head again: ${head.command.join(' ')}`);
    const again = await measureAgain(head, reports);
    comparison = weighConfirmation(comparison, compareStored(base, again, rules));
  }
  showComparison(comparison, options);
  await tellGithubOfComparison(comparison);
  if (options.out !== undefined) await writeOut(options.out, comparison);
  return comparison.exitCode;
}

async function writeOut(file: string, comparison: Comparison): Promise<void> {
  await writeComparison(file, comparison).catch((cause: NodeJS.ErrnoException) => {
    throw new ChatbenchError('output-unwritable', `--out ${file}: cannot be written (${cause.code})`, { cause });
  });
}
