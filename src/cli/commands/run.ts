import { availableParallelism } from 'node:os';
import { EXIT, type ExitCode } from '../../errors.ts';
import { judge } from '../../gate/judge.ts';
import type { Verdict } from '../../gate/verdict.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import { chooseShardCount, splitPlan } from '../../plan/split-plan.ts';
import { encodeSamples } from '../../record/encode-samples.ts';
import { mergeReports, ZERO_REPORT } from '../../record/merge-reports.ts';
import { redact } from '../../redact.ts';
import { buildResult } from '../../result/build-result.ts';
import { linkLatest, writeResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { RunningTarget, TargetFailure } from '../../target/running-target.ts';
import { readVersion } from '../../version.ts';
import { admitTarget } from '../admit-target.ts';
import { measureRun } from '../measure-run.ts';
import { openTarget } from '../open-target.ts';
import { resolveScenario } from '../resolve-scenario.ts';
import { createRunDirectory, discardRunDirectory, type RunDirectory } from '../run-directory.ts';
import { chooseFormats, type RunOptions } from '../run-options.ts';
import { listenForSignals, type RunSignals } from '../run-signals.ts';
import { openRunView, type RunView } from '../run-view.ts';
import { showResult } from '../show-result.ts';
import { describeFailure, targetFailed } from '../target-failed.ts';
import { tellGithub } from '../tell-github.ts';
import { writeReports } from '../write-reports.ts';

/** `chatbench run <scenario>`: opens the target, runs the scenario against it, and ends with the exit code of the verdict. */
export async function run(nameOrPath: string, options: RunOptions): Promise<ExitCode> {
  const scenario = resolveScenario(nameOrPath, options);
  const admission = await admitTarget(scenario, options.allowTarget);
  const startedAt = new Date();
  const directory = await createRunDirectory(options.out ?? 'reports', scenario.name, startedAt);
  const view = await openRunView(`${scenario.name} on ${redact(scenario.target.url ?? scenario.target.kind)}`, options);
  const signals = listenForSignals((name) => view.note(`${name}: stopping, and keeping what was measured`));
  let target: RunningTarget | null = null;
  try {
    target = await openTarget(scenario.target, view, signals.signal, admission);
    const trial = target && (await runTrial(scenario, directory, { target, options, signals, view }));
    // Interrupted before the first message: there is nothing to keep.
    if (trial === null) return exitCodeOf(signals, EXIT.invalid);
    view.close();
    const judged = { ...trial, resultFile: await writeResult(directory.path, trial.result) };
    const reportFiles = await writeReports(directory.path, judged, chooseFormats(options));
    await linkLatest(directory.path);
    showResult(trial.result, trial.verdict, { ...options, resultFile: judged.resultFile, reportFiles });
    await tellGithub(judged);
    if (trial.failure !== null) throw targetFailed(trial.failure);
    return exitCodeOf(signals, trial.verdict.exitCode);
  } finally {
    view.close();
    await target?.stop();
    await discardRunDirectory(directory);
    signals.release();
  }
}

/** One run of a scenario on an open target: from the scenario to the verdict. Null where it ended before the first message. */
export async function runTrial(scenario: Scenario, name: TrialName, context: TrialContext): Promise<Trial | null> {
  const { target, options, signals, view } = context;
  const startedAt = new Date();
  const plan = buildPlan(scenario, name.runId);
  const shards = splitPlan(plan, chooseShardCount(plan, SHARD_CAPACITY, availableParallelism()));
  const measured = await measureRun(scenario, shards, target, options.precise, signals.signal, view);
  const { outcome, queue, gateways, failure, aborted } = measured;
  if (outcome.startAtUs === null) return null;

  const report = outcome.reports.reduce(mergeReports, ZERO_REPORT);
  const result = buildResult({
    id: name.id,
    startedAt,
    command: ['chatbench', ...process.argv.slice(2)],
    version: readVersion(),
    scenario,
    target: { ...target.description, components: [...target.description.components] },
    samples: encodeSamples({ ...report, intervals: outcome.intervals }),
    queue,
    gatewayConnections: gateways?.connections ?? null,
    shardsPlanned: shards.length,
    shardsReported: outcome.reports.length,
    losses: failure === null ? outcome.losses : [...outcome.losses, describeFailure(failure)],
    interruptedBy: signals.interruptedBy(),
    aborted,
    drainEndUs: report.drainEndUs,
    timeline: [...(gateways?.events ?? [])],
  });
  return { result, verdict: judge(result, scenario.thresholds), failure };
}

export interface Trial {
  readonly result: RunResult;
  readonly verdict: Verdict;
  /** The part of the target that died while it should run. */
  readonly failure: TargetFailure | null;
}

/** What the trials of one command share. */
export interface TrialContext {
  readonly target: RunningTarget;
  readonly options: Pick<RunOptions, 'precise'>;
  readonly signals: RunSignals;
  readonly view: RunView;
}

type TrialName = Pick<RunDirectory, 'id' | 'runId'>;

/** What one generator process can hold: about half of what it does on a quiet core, and room below 20,000 open files. */
const SHARD_CAPACITY = { clients: 15_000, eventsPerSecond: 400_000 } as const;

function exitCodeOf(signals: RunSignals, otherwise: ExitCode): ExitCode {
  const name = signals.interruptedBy();
  if (name === null) return otherwise;
  return name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
