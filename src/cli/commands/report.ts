import { join } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import { judge } from '../../gate/judge.ts';
import { readResult } from '../../result/result-file.ts';
import { printLine } from '../print.ts';
import { writeReports } from '../write-reports.ts';

/** `chatbench report <directory>`: renders a run's report again, from its result.json. */
export async function report(directory: string): Promise<ExitCode> {
  const result = await readResult(directory);
  const path = await writeReports(
    directory.endsWith('.json') ? join(directory, '..') : directory,
    result,
    judge(result, result.scenario.thresholds),
  );
  printLine(path);
  return EXIT.pass;
}
