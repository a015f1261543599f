import { join } from 'node:path';
import { renderExperimentPage } from '../../report/html/render-experiment-page.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { writeAtomically } from '../../result/result-file.ts';

/** Where its page is. */
export function pageOf(directory: string): string {
  return join(directory, 'report.html');
}

/** Writes report.html of an experiment into the directory. Yields its path. */
export async function writeExperimentReport(directory: string, experiment: ExperimentResult): Promise<string> {
  const path = pageOf(directory);
  await writeAtomically(path, renderExperimentPage(experiment));
  return path;
}
