import { appendFile } from 'node:fs/promises';
import type { Comparison } from '../../gate/compare/comparison.ts';
import type { JudgedRun } from '../../report/formats.ts';
import { renderAnnotations } from '../../report/github/render-annotations.ts';
import {
  annotateComparison,
  annotateExperiment,
  annotateRepeat,
} from '../../report/github/render-series-annotations.ts';
import { renderMarkdown } from '../../report/markdown/render-markdown.ts';
import {
  renderComparisonMarkdown,
  renderExperimentMarkdown,
  renderRepeatMarkdown,
} from '../../report/markdown/render-series-markdown.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { printNote } from '../print.ts';
import type { TrialSeries } from '../series/repeat-trials.ts';
import { judgeRun } from './judge-run.ts';

// Inside a job of GitHub Actions each of these writes annotations on stderr, where the runner reads them as well as on stdout,
// and a summary at the end of the job's. Elsewhere they do nothing.

export async function tellGithub({ result, verdict }: Pick<JudgedRun, 'result' | 'verdict'>): Promise<void> {
  await tell(() => [renderAnnotations(result, verdict), renderMarkdown(result, verdict)]);
}

export async function tellGithubOfComparison(comparison: Comparison): Promise<void> {
  await tell(() => [annotateComparison(comparison), renderComparisonMarkdown(comparison)]);
}

export async function tellGithubOfRepeat(series: Pick<TrialSeries, 'index' | 'results' | 'figures'>): Promise<void> {
  await tell(() => {
    const index = series.index();
    const trials = series.results().map((result, position) => ({
      name: index.trials[position]?.directory ?? result.id,
      verdict: judgeRun(result),
    }));
    return [annotateRepeat(index.scenario, trials), renderRepeatMarkdown(index, series.figures())];
  });
}

export async function tellGithubOfExperiment(experiment: ExperimentResult): Promise<void> {
  await tell(() => [annotateExperiment(experiment), renderExperimentMarkdown(experiment)]);
}

async function tell(render: () => readonly [annotations: string, summary: string]): Promise<void> {
  if (process.env.GITHUB_ACTIONS !== 'true') return;
  const [annotations, summary] = render();
  if (annotations !== '') printNote(annotations.trimEnd());
  const summaryFile = process.env.GITHUB_STEP_SUMMARY;
  if (summaryFile === undefined || summaryFile === '') return;
  await appendFile(summaryFile, `${summary}\n`).catch((cause: NodeJS.ErrnoException) => {
    printNote(`warning: the job summary cannot be written (${cause.code ?? cause.message})`);
  });
}
