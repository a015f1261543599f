import { join } from 'node:path';
import { judge } from '../../gate/judge.ts';
import { measureBySeconds } from '../../gate/measure-by-seconds.ts';
import type { JudgedRun } from '../../report/formats.ts';
import { isRecoverable, recoverResult } from '../../result/recover-result.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import { readSeconds, SECONDS_FILE } from '../../result/seconds-file.ts';
import { printNote } from '../print.ts';
import { directoryOf, locateRuns } from '../series/read-runs.ts';
import { keepResult } from './keep-result.ts';

/**
 * The runs of a directory, judged again: of a repeat the trials that count. At least one.
 *
 * @throws ChatbenchError `result-unreadable` where there is none, or one of them cannot be read
 */
export async function readJudgedRuns(path: string): Promise<readonly JudgedRun[]> {
  const directory = directoryOf(path);
  if (await isRecoverable(directory)) return [await recoverRun(directory)];
  const { directories } = await locateRuns(directory);
  return Promise.all((directories.length === 0 ? [directory] : directories).map(readJudgedRun));
}

/** Writes the result that a run did not come to write, so that whatever reads results finds it. */
async function recoverRun(directory: string): Promise<JudgedRun> {
  const recovered = recoverResult(directory);
  const { thresholds } = recovered.scenario;
  const { seconds } = recovered;
  const result =
    seconds === null
      ? recovered
      : { ...recovered, seconds: { ...seconds, ...measureBySeconds(recovered, thresholds, readSeconds(directory)) } };
  const { resultFile } = await keepResult(directory, result);
  printNote(`${directory}: the run was killed; ${RESULT_FILE} is put together from ${SECONDS_FILE}`);
  return { result, verdict: judge(result, thresholds), resultFile };
}

async function readJudgedRun(directory: string): Promise<JudgedRun> {
  const result = await readResult(directory);
  return { result, verdict: judge(result, result.scenario.thresholds), resultFile: join(directory, RESULT_FILE) };
}
