import { basename, dirname, join, resolve } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { judge } from '../../gate/judge.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import { showResult } from '../show-result.ts';
import { writeReports } from '../write-reports.ts';

export interface ReportOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * `chatbench report <directory>`: judges and renders a run again, from its result.json alone. Ends with 0 whatever the
 * verdict: it is the run that was judged.
 *
 * @throws ChatbenchError `result-unreadable`, or `output-unwritable` where the report cannot be written beside it
 */
export async function report(path: string, { json, quiet }: ReportOptions): Promise<ExitCode> {
  const directory = basename(path) === RESULT_FILE ? dirname(path) : path;
  const result = await readResult(directory);
  const verdict = judge(result, result.scenario.thresholds);
  const reportFile = await writeReports(directory, result, verdict).catch((cause: NodeJS.ErrnoException) => {
    if (cause.path === undefined || resolve(dirname(cause.path)) !== resolve(directory)) throw cause;
    throw new ChatbenchError('output-unwritable', `${directory}: cannot write report.html (${cause.code})`, { cause });
  });
  showResult(result, verdict, { json, quiet, resultFile: join(directory, RESULT_FILE), reportFile });
  return EXIT.pass;
}
