import { availableParallelism } from 'node:os';
import { EXIT, type ExitCode } from '../../errors.ts';
import { createPauseSwitch } from '../../fleet/pause-switch.ts';
import { judge } from '../../gate/judge.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import { chooseShardCount, splitPlan } from '../../plan/split-plan.ts';
import { encodeSamples } from '../../record/encode-samples.ts';
import { mergeReports, ZERO_REPORT } from '../../record/merge-reports.ts';
import { buildResult } from '../../result/build-result.ts';
import { linkLatest, writeResult } from '../../result/result-file.ts';
import type { RunningTarget } from '../../target/running-target.ts';
import { readVersion } from '../../version.ts';
import { measureRun } from '../measure-run.ts';
import { openTarget } from '../open-target.ts';
import { resolveScenario } from '../resolve-scenario.ts';
import { createRunDirectory, discardRunDirectory } from '../run-directory.ts';
import { NO_EXPORTS, openRunExports, tellAll } from '../run-exports.ts';
import { chooseFormats, type RunOptions } from '../run-options.ts';
import { listenForSignals, type RunSignals } from '../run-signals.ts';
import { openRunView } from '../run-view.ts';
import { showResult } from '../show-result.ts';
import { describeFailure, targetFailed } from '../target-failed.ts';
import { tellGithub } from '../tell-github.ts';
import { writeReports } from '../write-reports.ts';

/** `chatbench run <scenario>`: from the scenario's text to the exit code of the verdict. */
export async function run(nameOrPath: string, options: RunOptions): Promise<ExitCode> {
  const scenario = resolveScenario(nameOrPath, options);
  const startedAt = new Date();
  const directory = await createRunDirectory(options.out ?? 'reports', scenario.name, startedAt);
  const pause = createPauseSwitch();
  const view = await openRunView(`${scenario.name} on ${scenario.target.url ?? scenario.target.kind}`, options);
  const signals = listenForSignals((name) => view.note(`${name}: stopping, and keeping what was measured`));
  let target: RunningTarget | null = null;
  let exports = NO_EXPORTS;
  try {
    const labels = { run: directory.id, scenario: scenario.name, target: scenario.target.kind };
    exports = await openRunExports(options, labels, view);
    const plan = buildPlan(scenario, directory.runId);
    const shards = splitPlan(plan, chooseShardCount(plan, SHARD_CAPACITY, availableParallelism()));
    target = await openTarget(scenario.target, view, signals.signal);
    const told = tellAll(view, exports);
    const measured = target && (await measureRun(scenario, shards, target, options.precise, signals, told, pause));
    // Interrupted before the first message: there is nothing to keep.
    if (target === null || measured === null || measured.outcome.startAtUs === null)
      return exitCodeOf(signals, EXIT.invalid);

    const { outcome, queue, failure, timeline } = measured;
    const report = outcome.reports.reduce(mergeReports, ZERO_REPORT);
    const result = buildResult({
      id: directory.id,
      startedAt,
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
      drainEndUs: report.drainEndUs,
      timeline: [...timeline],
    });
    const verdict = judge(result, scenario.thresholds);
    view.close();
    const resultFile = await writeResult(directory.path, result);
    const judged = { result, verdict, resultFile };
    const reportFiles = await writeReports(directory.path, judged, chooseFormats(options));
    await linkLatest(directory.path);
    showResult(result, verdict, { ...options, resultFile, reportFiles });
    await tellGithub(judged);
    if (failure !== null) throw targetFailed(failure);
    return exitCodeOf(signals, verdict.exitCode);
  } finally {
    view.close();
    await exports.close();
    await target?.stop();
    await discardRunDirectory(directory);
    signals.release();
  }
}

/** What one generator process can hold: about half of what it does on a quiet core, and room below 20,000 open files. */
const SHARD_CAPACITY = { clients: 15_000, eventsPerSecond: 400_000 } as const;

function exitCodeOf(signals: RunSignals, otherwise: ExitCode): ExitCode {
  const name = signals.interruptedBy();
  if (name === null) return otherwise;
  return name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
