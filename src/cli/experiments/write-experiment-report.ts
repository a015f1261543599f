import { join } from 'node:path';
import { renderExperimentPage } from '../../report/html/render-experiment-page.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { writeAtomically } from '../../result/result-file.ts';

/** Writes report.html of an experiment into the directory. Yields its path. */
export async function writeExperimentReport(directory: string, experiment: ExperimentResult): Promise<string> {
  const path = join(directory, 'report.html');
  await writeAtomically(path, renderExperimentPage(experiment));
  return path;
}
