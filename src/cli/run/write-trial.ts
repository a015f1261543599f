import { ChatbenchError } from '../../errors.ts';
import type { JudgedRun } from '../../report/formats.ts';
import { writeResult } from '../../result/result-file.ts';
import { chooseFormats, type RunOptions } from '../options/run-options.ts';
import type { Trial } from './run-trial.ts';
import { writeReports } from './write-reports.ts';

export interface WrittenTrial {
  readonly judged: JudgedRun;
  /** Paths of what was written besides the result, in the order to be told in. */
  readonly reportFiles: readonly string[];
}

/**
 * Writes a trial's result, then its reports, into the directory.
 *
 * @throws ChatbenchError `output-unwritable` where the disk is full, or the directory has gone since it was made
 */
export async function writeTrial(directory: string, trial: Trial, options: RunOptions): Promise<WrittenTrial> {
  const { result, verdict } = trial;
  try {
    const judged = { result, verdict, resultFile: await writeResult(directory, result) };
    return { judged, reportFiles: await writeReports(directory, judged, chooseFormats(options)) };
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new ChatbenchError('output-unwritable', `${directory}: the run cannot be written there (${code})`, {
      hint: 'make room, or choose another directory with --out DIR, and measure again',
      cause,
    });
  }
}
