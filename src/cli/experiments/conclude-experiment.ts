import { EXIT, type ExitCode } from '../../errors.ts';
import { writeExperiment } from '../../result/experiment-file.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { linkLatest } from '../../result/result-file.ts';
import { chooseFormats } from '../options/run-options.ts';
import type { RunDirectory } from '../run/run-directory.ts';
import type { TrialContext } from '../run/run-trial.ts';
import { tellGithubOfExperiment } from '../run/tell-github.ts';
import { warnOfFailure } from '../run/write-reports.ts';
import type { RanExperiment } from './run-experiment.ts';
import { showExperiment } from './show-experiment.ts';
import { pageOf, writeExperimentReport } from './write-experiment-report.ts';

/**
 * Writes an experiment, shows it, and writes its page. Yields its exit code.
 *
 * @throws ChatbenchError `target-failed` or `target-unavailable` where a target was lost: before anything was measured, or else
 *   after all that was measured is written and shown
 */
export async function concludeExperiment(
  { experiment, loss }: RanExperiment,
  directory: RunDirectory,
  { options, view }: Pick<TrialContext, 'options' | 'view'>,
): Promise<ExitCode> {
  view.close();
  if (loss !== null && experiment.steps.length === 0) throw loss.error;
  const file = await writeExperiment(directory.path, experiment);
  const hasPage = chooseFormats(options).includes('html');
  showExperiment(experiment, { ...options, files: hasPage ? [pageOf(directory.path), file] : [file] });
  await warnOfFailure('the link to the latest run', () => linkLatest(directory.path));
  if (hasPage) await warnOfFailure('report.html', () => writeExperimentReport(directory.path, experiment));
  await tellGithubOfExperiment(experiment);
  if (loss !== null) throw loss.error;
  return exitCodeOfExperiment(experiment);
}

/** 0 with an answer, 4 where not even the least load was sustained, 5 where no run can be trusted. */
function exitCodeOfExperiment({ kind, steps, capacity }: ExperimentResult): ExitCode {
  if (steps.every(({ verdict }) => verdict === 'invalid')) return EXIT.invalid;
  if (kind === 'capacity' || kind === 'curve') return capacity?.value == null ? EXIT.thresholdFailed : EXIT.pass;
  if (steps.some(({ verdict }) => verdict === 'invalid')) return EXIT.invalid;
  return steps.every(({ verdict }) => verdict === 'pass') ? EXIT.pass : EXIT.thresholdFailed;
}
