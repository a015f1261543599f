import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import { judge } from '../../gate/judge.ts';
import { measureBySeconds } from '../../gate/measure-by-seconds.ts';
import { isAlive } from '../../launch/supervision/process-identity.ts';
import type { JudgedRun } from '../../report/formats.ts';
import { PROGRESS_FILE, readProgress } from '../../result/progress-file.ts';
import { recoverResult } from '../../result/recover-result.ts';
import { RESULT_FILE } from '../../result/result-file.ts';
import { readSecondsHead, SECONDS_FILE } from '../../result/seconds-file.ts';
import { printNote } from '../print.ts';
import { keepResult } from './keep-result.ts';

/** Whether a run left its seconds in the directory and no result: its process was killed, or is still at work. */
export function isUnfinished(directory: string): boolean {
  return existsSync(join(directory, SECONDS_FILE)) && !existsSync(join(directory, RESULT_FILE));
}

/**
 * Writes the result that a run did not come to write, so that whatever reads results finds it, and judges it.
 *
 * @throws ChatbenchError `result-unreadable` where the run is under way, or its seconds cannot be read
 */
export async function recoverRun(directory: string): Promise<JudgedRun> {
  const { measuredBy } = readSecondsHead(directory);
  // On another machine its process cannot be seen; there only what it tells of itself, if it does, is new.
  if ((await readProgress(directory)) !== null && (measuredBy === null || isAlive(measuredBy))) {
    throw new ChatbenchError('result-unreadable', `${directory}: its run is still under way`, {
      hint: 'wait for its end; `chatbench serve` shows how far it is',
    });
  }
  const { result: recovered, seconds } = recoverResult(directory);
  const { thresholds } = recovered.scenario;
  const result =
    recovered.seconds === null
      ? recovered
      : { ...recovered, seconds: { ...recovered.seconds, ...measureBySeconds(recovered, thresholds, seconds()) } };
  const { resultFile, unwritten } = await keepResult(directory, result);
  await rm(join(directory, PROGRESS_FILE), { force: true }).catch(() => {});
  if (unwritten === null) {
    printNote(`${directory}: the run was killed; ${RESULT_FILE} is put together from ${SECONDS_FILE}`);
  } else printNote(`warning: ${unwritten.message}`);
  return { result, verdict: judge(result, thresholds), resultFile };
}
