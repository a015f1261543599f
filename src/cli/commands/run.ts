import { availableParallelism } from 'node:os';
import { EXIT, type ExitCode } from '../../errors.ts';
import { judge } from '../../gate/judge.ts';
import type { Verdict } from '../../gate/verdict.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import { chooseShardCount, splitPlan } from '../../plan/split-plan.ts';
import { encodeSamples } from '../../record/encode-samples.ts';
import { mergeReports, ZERO_REPORT } from '../../record/merge-reports.ts';
import { buildResult } from '../../result/build-result.ts';
import { linkLatest, writeResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { RunningTarget, TargetFailure } from '../../target/running-target.ts';
import { readVersion } from '../../version.ts';
import { measureRun } from '../measure-run.ts';
import { openTarget } from '../open-target.ts';
import { resolveScenario } from '../resolve-scenario.ts';
import { createRunDirectory, discardRunDirectory, type RunDirectory } from '../run-directory.ts';
import type { RunOptions } from '../run-options.ts';
import { exitCodeOf, listenForSignals, type RunSignals } from '../run-signals.ts';
import { openRunView, type RunView } from '../run-view.ts';
import { showResult } from '../show-result.ts';
import { describeFailure, targetFailed } from '../target-failed.ts';
import { writeReports } from '../write-reports.ts';

/** `chatbench run <scenario>`: from the scenario's text to the exit code of the verdict. */
export async function run(nameOrPath: string, options: RunOptions): Promise<ExitCode> {
  const scenario = resolveScenario(nameOrPath, options);
  const startedAt = new Date();
  const directory = await createRunDirectory(options.out ?? 'reports', scenario.name, startedAt);
  const view = await openRunView(`${scenario.name} on ${scenario.target.url ?? scenario.target.kind}`, options);
  const signals = listenForSignals((name) => view.note(`${name}: stopping, and keeping what was measured`));
  let target: RunningTarget | null = null;
  try {
    target = await openTarget(scenario.target, view, signals.signal);
    const trial = target && (await runTrial({ scenario, target, directory, startedAt, options, view, signals }));
    // Interrupted before the first message: there is nothing to keep.
    if (trial === null) return exitCodeOf(signals, EXIT.invalid);
    await linkLatest(directory.path);
    showResult(trial.result, trial.verdict, { ...options, ...trial.files });
    if (trial.failure !== null) throw targetFailed(trial.failure);
    return exitCodeOf(signals, trial.verdict.exitCode);
  } finally {
    view.close();
    await target?.stop();
    await discardRunDirectory(directory);
    signals.release();
  }
}

export interface TrialRequest {
  readonly scenario: Scenario;
  readonly target: RunningTarget;
  readonly directory: RunDirectory;
  readonly startedAt: Date;
  readonly options: Pick<RunOptions, 'precise' | 'report'>;
  readonly view: RunView;
  readonly signals: RunSignals;
}

export interface Trial {
  readonly result: RunResult;
  readonly verdict: Verdict;
  readonly files: { readonly resultFile: string; readonly reportFile: string | null };
  /** The part of the target that died under it. */
  readonly failure: TargetFailure | null;
}

/** One run against a target that is up, judged and written. Null where it was interrupted before the first message. */
export async function runTrial(request: TrialRequest): Promise<Trial | null> {
  const { scenario, target, directory, options, signals, view } = request;
  const plan = buildPlan(scenario, directory.runId);
  const shards = splitPlan(plan, chooseShardCount(plan, SHARD_CAPACITY, availableParallelism()));
  const measured = await measureRun(scenario, shards, target, options.precise, signals.signal, view);
  const { outcome, queue, failure, aborted } = measured;
  if (outcome.startAtUs === null) return null;

  const report = outcome.reports.reduce(mergeReports, ZERO_REPORT);
  const result = buildResult({
    id: directory.id,
    startedAt: request.startedAt,
    command: ['chatbench', ...process.argv.slice(2)],
    version: readVersion(),
    scenario,
    target: { ...target.description, components: [...target.description.components] },
    samples: encodeSamples({ ...report, intervals: outcome.intervals }),
    queue,
    shardsPlanned: shards.length,
    shardsReported: outcome.reports.length,
    losses: failure === null ? outcome.losses : [...outcome.losses, describeFailure(failure)],
    interruptedBy: signals.interruptedBy(),
    aborted,
    drainEndUs: report.drainEndUs,
    timeline: [],
  });
  const verdict = judge(result, scenario.thresholds);
  view.close();
  const resultFile = await writeResult(directory.path, result);
  const reportFile = options.report ? await writeReports(directory.path, result, verdict) : null;
  return { result, verdict, files: { resultFile, reportFile }, failure };
}

/** What one generator process can hold: about half of what it does on a quiet core, and room below 20,000 open files. */
const SHARD_CAPACITY = { clients: 15_000, eventsPerSecond: 400_000 } as const;
