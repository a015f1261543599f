import type { ExitCode } from '../../errors.ts';
import { linkLatest } from '../../result/result-file.ts';
import { chooseFormats } from '../options/run-options.ts';
import type { RunDirectory } from './run-directory.ts';
import type { Trial, TrialContext } from './run-trial.ts';
import { showResult } from './show-result.ts';
import { targetFailed } from './target-failed.ts';
import { tellGithub } from './tell-github.ts';
import { listReportFiles, warnOfFailure, writeReportsAfterwards } from './write-reports.ts';

/**
 * Shows a trial whose result is written, then writes its reports: whatever becomes of those, the verdict is told. Yields its exit
 * code.
 *
 * @throws ChatbenchError once all is shown: `output-unwritable` where there is no result on the disk, `target-failed` where the
 *   target died under it
 */
export async function concludeTrial(
  trial: Trial,
  directory: RunDirectory,
  { options, view }: Pick<TrialContext, 'options' | 'view'>,
): Promise<ExitCode> {
  view.close();
  const { result, verdict, failure, resultFile, unwritten } = trial;
  const formats = chooseFormats(options);
  showResult(result, verdict, { ...options, resultFile, reportFiles: listReportFiles(directory.path, formats) });
  await warnOfFailure('the link to the latest run', () => linkLatest(directory.path));
  await writeReportsAfterwards(directory.path, trial, formats);
  await tellGithub(trial);
  if (unwritten !== null) throw unwritten;
  if (failure !== null) throw targetFailed(failure);
  return verdict.exitCode;
}
