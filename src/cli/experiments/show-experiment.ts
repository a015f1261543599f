import { renderExperiment } from '../../report/terminal/render-experiment.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { answersInColor, printAnswer, printLine } from '../print.ts';
import { shortPath } from '../run/short-path.ts';

export interface ShowExperimentOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly files: readonly string[];
}

/** The end of an experiment on stdout: one JSON object, or the summary, or with --quiet the answer alone. */
export function showExperiment(experiment: ExperimentResult, options: ShowExperimentOptions): void {
  if (options.json) {
    printLine(JSON.stringify(experiment, null, 2));
    return;
  }
  if (options.quiet) {
    printLine(String(experiment.capacity?.value ?? experiment.steps.length));
    return;
  }
  printAnswer(
    renderExperiment(experiment, {
      color: answersInColor(),
      columns: process.stdout.columns ?? 80,
      files: options.files.map(shortPath),
    }),
  );
}
