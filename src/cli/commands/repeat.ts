import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { type ChoiceRule, chooseTrials, isSettled } from '../../gate/compare/choose-trials.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { redact } from '../../redact.ts';
import { renderRepeat } from '../../report/terminal/render-repeat.ts';
import { REPEAT_FILE, type RepeatIndex } from '../../result/repeat-index.ts';
import { linkLatest } from '../../result/result-file.ts';
import type { AgentOptions } from '../agents/agent-options.ts';
import { checkTrialOptions } from '../options/check-options.ts';
import { readChoiceRule } from '../options/choice-rule.ts';
import { resolveScenario } from '../options/resolve-scenario.ts';
import type { RunOptions } from '../options/run-options.ts';
import { answersInColor, printAnswer, printLine, printNote } from '../print.ts';
import { admitTarget } from '../run/admit-target.ts';
import { openTarget } from '../run/open-target.ts';
import { createWritable, nameRun } from '../run/run-directory.ts';
import { NO_EXPORTS, openRunExports } from '../run/run-exports.ts';
import { exitCodeOf, listenForSignals } from '../run/run-signals.ts';
import { openRunView } from '../run/run-view.ts';
import { tellGithubOfRepeat } from '../run/tell-github.ts';
import { tellProgress } from '../run/tell-progress.ts';
import { warnOfFailure } from '../run/write-reports.ts';
import { describeOverBudget } from '../series/describe-over-budget.ts';
import { describeTurn } from '../series/describe-turn.ts';
import { startSeries, type TrialSeries } from '../series/repeat-trials.ts';

/** `chatbench run <scenario> --repeat K`: K trials on one target, which stays up between them. Ends with the worst of them. */
export async function repeat(nameOrPath: string, options: RunOptions & Partial<AgentOptions>): Promise<ExitCode> {
  if (options.agents !== undefined || options.on !== undefined) {
    const flag = options.on === undefined ? '--agents' : '--on';
    throw new ChatbenchError('usage', `--repeat with ${flag}: trials run on this machine alone, expected one of them`);
  }
  const scenario = resolveScenario(nameOrPath, options);
  checkTrialOptions('--repeat', scenario, options);
  const rule = readChoiceRule(options);
  const admission = await admitTarget(scenario, options);
  const startedAt = new Date();
  const { id } = nameRun(scenario.name, startedAt);
  const directory = await createSeriesDirectory(options.out, id);
  const signals = listenForSignals();
  const title = `${scenario.name} on ${redact(scenario.target.url ?? scenario.target.kind)}`;
  const view = await openRunView(title, options, { signals });
  const progress = tellProgress(directory, scenario.name);
  let target: RunningTarget | null = null;
  let exports = NO_EXPORTS;
  try {
    exports = await openRunExports(options, { run: id, scenario: scenario.name, target: scenario.target.kind }, view);
    target = await openTarget(scenario, view, signals.signal, admission);
    view.close();
    if (target === null) return exitCodeOf(signals, EXIT.invalid);
    const series = startSeries({
      ...{ directory, label: '', scenario, target, options, signals, startedAt },
      tellers: [exports, progress],
    });
    await runSoundTrials(series, rule);
    const loss = series.loss();
    if (series.results().length === 0) {
      if (loss !== null) throw loss;
      return exitCodeOf(signals, EXIT.invalid);
    }
    show(series, options);
    if (options.out === undefined)
      await warnOfFailure('the link to the latest run', () => linkSeries(directory, series));
    await tellGithubOfRepeat(series);
    if (loss !== null) throw loss;
    return exitCodeOf(signals, series.index().exitCode as ExitCode);
  } finally {
    view.close();
    await progress.close();
    await exports.close();
    await target?.stop();
    signals.release();
  }
}

/** Trials until as many are sound as are asked for, or no more are allowed; see `isSettled`. */
async function runSoundTrials(series: TrialSeries, rule: ChoiceRule): Promise<void> {
  for (let goesOn = true; goesOn && !isSettled(series.facts(), rule); ) {
    goesOn = await series.next(describeTurn(series.facts(), rule));
    await series.settle(chooseTrials(series.facts(), rule));
  }
}

/**
 * `--out` is the series' own directory; without it, one below reports.
 *
 * @throws ChatbenchError `output-unwritable`, also where it holds a series already: trials of two would be taken for one
 */
export async function createSeriesDirectory(out: string | undefined, id: string): Promise<string> {
  const directory = out ?? join('reports', id);
  if (existsSync(join(directory, REPEAT_FILE))) {
    throw new ChatbenchError(
      'output-unwritable',
      `--out ${directory}: holds trials already, expected a new directory`,
      {
        hint: 'remove it, or choose another one',
      },
    );
  }
  return createWritable(directory, directory);
}

/** `latest` stays what it is, the newest run; `latest-repeat` is the newest series. */
async function linkSeries(directory: string, { index }: TrialSeries): Promise<void> {
  const reports = resolve('reports');
  await linkLatest(directory, join(reports, 'latest-repeat'));
  await linkLatest(join(directory, newestOf(index())), join(reports, 'latest'));
}

/** Trials are numbered as they were run. */
function newestOf({ trials, setAside }: RepeatIndex): string {
  return [...trials, ...setAside]
    .map(({ directory }) => directory)
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1)!;
}

function show(series: TrialSeries, options: RunOptions): void {
  const index = series.index();
  if (index.overBudget > 0 && !options.quiet) printNote(describeOverBudget(index));
  if (options.json) {
    printLine(JSON.stringify(index, null, 2));
    return;
  }
  if (options.quiet) {
    for (const { verdict } of index.trials) printLine(verdict);
    return;
  }
  const { scenario, planned, trials, setAside } = index;
  const color = answersInColor();
  const view = { scenario, planned, trials, setAside, figures: series.figures(), indexFile: series.indexFile() };
  printAnswer(renderRepeat(view, color));
}
