import { access } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import { judge } from '../../gate/judge.ts';
import { findExperiment, readExperiment } from '../../result/experiment-file.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import { writeExperimentReport } from '../experiments/write-experiment-report.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { printLine } from '../print.ts';
import { writeReports } from '../run/write-reports.ts';

/**
 * `chatbench open [directory]`: opens the report of a run or an experiment in the browser, rendered first where it is missing, and prints its path.
 *
 * @throws ChatbenchError `result-unreadable` where there is no run
 */
export async function open(path: string): Promise<ExitCode> {
  const directory = resolve(findExperiment(path) ?? (basename(path) === RESULT_FILE ? dirname(path) : path));
  const report = join(directory, 'report.html');
  const isThere = await access(report).then(
    () => true,
    () => false,
  );
  if (!isThere) await renderReport(directory);
  openInBrowser(report);
  printLine(report);
  return EXIT.pass;
}

async function renderReport(directory: string): Promise<void> {
  if (findExperiment(directory) !== null) {
    await writeExperimentReport(directory, await readExperiment(directory));
    return;
  }
  const result = await readResult(directory);
  const verdict = judge(result, result.scenario.thresholds);
  await writeReports(directory, { result, verdict, resultFile: join(directory, RESULT_FILE) }, ['html']);
}
