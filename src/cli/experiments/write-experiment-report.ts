import { join } from 'node:path';
import { renderExperimentPage } from '../../report/html/render-experiment-page.ts';
import { renderHtml } from '../../report/html/render-html.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { makeDirectory } from '../../result/make-directory.ts';
import { readResult, writeAtomically } from '../../result/result-file.ts';
import { judgeRun } from '../run/judge-run.ts';

/** Where its page is. */
export function pageOf(directory: string): string {
  return join(directory, 'report.html');
}

/**
 * Writes report.html of an experiment into the directory, and that of each step, to which it links, below it. Yields its path. A step
 * whose result is not to be read any more has none.
 *
 * @param from  where the experiment lies, if elsewhere
 */
export async function writeExperimentReport(
  directory: string,
  experiment: ExperimentResult,
  from = directory,
): Promise<string> {
  const path = pageOf(directory);
  await writeAtomically(path, renderExperimentPage(experiment));
  for (const step of experiment.steps) {
    const result = await readResult(join(from, step.directory)).catch(() => null);
    if (result === null) continue;
    const place = join(directory, step.directory);
    await makeDirectory(place);
    await writeAtomically(pageOf(place), renderHtml(result, judgeRun(result)));
  }
  return path;
}
