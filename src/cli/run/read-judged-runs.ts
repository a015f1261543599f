import { join } from 'node:path';
import { judge } from '../../gate/judge.ts';
import type { JudgedRun } from '../../report/formats.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import { directoryOf, locateRuns } from '../series/read-runs.ts';
import { isUnfinished, recoverRun } from './recover-run.ts';

/**
 * The runs of a directory, judged again: of a repeat the trials that count. At least one.
 *
 * @throws ChatbenchError `result-unreadable` where there is none, or one of them cannot be read
 */
export async function readJudgedRuns(path: string): Promise<readonly JudgedRun[]> {
  const directory = directoryOf(path);
  if (isUnfinished(directory)) return [await recoverRun(directory)];
  const { directories } = await locateRuns(directory);
  return Promise.all((directories.length === 0 ? [directory] : directories).map(readJudgedRun));
}

async function readJudgedRun(directory: string): Promise<JudgedRun> {
  const result = await readResult(directory);
  return { result, verdict: judge(result, result.scenario.thresholds), resultFile: join(directory, RESULT_FILE) };
}
