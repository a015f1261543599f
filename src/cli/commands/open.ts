import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import { findExperiment, readExperiment } from '../../result/experiment-file.ts';
import { writeExperimentReport } from '../experiments/write-experiment-report.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { printLine } from '../print.ts';
import { readJudgedRuns } from '../run/read-judged-runs.ts';
import { writeReports } from '../run/write-reports.ts';
import { directoryOf } from '../series/read-runs.ts';

/**
 * `chatbench open [directory]`: opens the report of a run, a repeat or an experiment in the browser, rendered first where it is
 * missing, and prints its path.
 *
 * @throws ChatbenchError `result-unreadable` where there is no run
 */
export async function open(path: string): Promise<ExitCode> {
  const directory = resolve(findExperiment(path) ?? directoryOf(path));
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
  const [first, ...others] = await readJudgedRuns(directory);
  await writeReports(directory, first!, ['html'], others);
}
