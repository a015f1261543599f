import type { ExitCode } from '../../errors.ts';
import { linkLatest } from '../../result/result-file.ts';
import type { RunDirectory } from './run-directory.ts';
import type { Trial, TrialContext } from './run-trial.ts';
import { showResult } from './show-result.ts';
import { targetFailed } from './target-failed.ts';
import { tellGithub } from './tell-github.ts';
import { writeTrial } from './write-trial.ts';

/**
 * Writes a trial's result and reports, and shows it. Yields the exit code of its verdict.
 *
 * @throws ChatbenchError `target-failed` where the target died under it, after all is written and shown
 */
export async function concludeTrial(
  trial: Trial,
  directory: RunDirectory,
  { options, view }: Pick<TrialContext, 'options' | 'view'>,
): Promise<ExitCode> {
  view.close();
  const { result, verdict, failure } = trial;
  const { judged, reportFiles } = await writeTrial(directory.path, trial, options);
  await linkLatest(directory.path);
  showResult(result, verdict, { ...options, resultFile: judged.resultFile, reportFiles });
  await tellGithub(judged);
  if (failure !== null) throw targetFailed(failure);
  return verdict.exitCode;
}
