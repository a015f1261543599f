import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { judge } from '../../gate/judge.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import { chooseShardCount, splitPlan } from '../../plan/split-plan.ts';
import { encodeSamples } from '../../record/encode-samples.ts';
import { mergeReports, ZERO_REPORT } from '../../record/merge-reports.ts';
import { buildResult } from '../../result/build-result.ts';
import { linkLatest, writeResult } from '../../result/result-file.ts';
import type { ScenarioOverrides } from '../../scenario/overrides.ts';
import type { TargetFailure } from '../../target/running-target.ts';
import { measureRun } from '../measure-run.ts';
import { openTarget } from '../open-target.ts';
import { resolveScenario } from '../resolve-scenario.ts';
import { createRunDirectory, discardRunDirectory, type RunDirectory } from '../run-directory.ts';
import { listenForSignals, type RunSignals } from '../run-signals.ts';
import { openRunView } from '../run-view.ts';
import { showResult } from '../show-result.ts';
import { readVersion } from '../version.ts';
import { writeReports } from '../write-reports.ts';

export interface RunOptions extends ScenarioOverrides {
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly report: boolean;
  readonly tui: boolean;
}

/** What one generator process can hold: half of the speed seen on a quiet core, and room below 20,000 open files. */
const SHARD_CAPACITY = { clients: 15_000, eventsPerSecond: 400_000 } as const;

/** `chatbench run`: from the scenario's text to the exit code. */
export async function runScenario(
  nameOrPath: string,
  options: RunOptions,
  command: readonly string[],
): Promise<ExitCode> {
  const scenario = resolveScenario(nameOrPath, options);
  const startedAt = new Date();
  const directory = await createRunDirectory(options.out, scenario.name, startedAt);
  const view = await openRunView(`${scenario.name} on ${scenario.target.url ?? scenario.target.kind}`, options);
  const signals = listenForSignals((name) => view.note(`${name}: stopping, and keeping what was measured`));
  try {
    const plan = buildPlan(scenario, directory.runId);
    const shards = splitPlan(plan, chooseShardCount(plan, SHARD_CAPACITY, availableParallelism()));
    view.note(`starting target ${scenario.target.url ?? scenario.target.kind}`);
    const target = await openTarget(scenario.target, (component, elapsedMs) => {
      view.note(`${component} is ready after ${(elapsedMs / 1000).toFixed(1)} s`);
    });
    try {
      const measured = await measureRun(scenario, shards, target, signals, view);
      if (measured.outcome.startAtUs === null) return await giveUp(directory, signals);
      const { losses, reports, intervals } = measured.outcome;
      const report = reports.reduce(mergeReports, ZERO_REPORT);
      const result = buildResult({
        id: directory.id,
        startedAt,
        command,
        version: readVersion(),
        scenario,
        target: { ...target.description, components: [...target.description.components] },
        samples: encodeSamples({ ...report, intervals }),
        queue: measured.queue,
        shardsPlanned: shards.length,
        shardsReported: reports.length,
        losses: measured.failure === null ? losses : [...losses, describeFailure(measured.failure)],
        interruptedBy: signals.interruptedBy(),
        drainEndUs: report.drainEndUs,
        timeline: [],
      });
      const verdict = judge(result, scenario.thresholds);
      view.close();
      const resultFile = await writeResult(directory.path, result);
      const reportFile = options.report ? await writeReports(directory.path, result, verdict) : null;
      await linkLatest(directory.path);
      showResult(result, verdict, {
        ...options,
        resultFile: shorten(resultFile),
        reportFile: reportFile && shorten(reportFile),
      });
      if (measured.failure !== null) throw targetFailed(measured.failure);
      return exitCodeOf(signals, verdict.exitCode);
    } finally {
      view.close();
      await target.stop();
    }
  } catch (error) {
    await discardRunDirectory(directory);
    if (signals.interruptedBy() !== null && !(error instanceof ChatbenchError && error.code === 'target-failed')) {
      return exitCodeOf(signals, EXIT.interrupted);
    }
    throw error;
  } finally {
    view.close();
    signals.release();
  }
}

async function giveUp(directory: RunDirectory, signals: RunSignals): Promise<ExitCode> {
  await discardRunDirectory(directory);
  return exitCodeOf(signals, EXIT.invalid);
}

function exitCodeOf(signals: RunSignals, otherwise: ExitCode): ExitCode {
  const name = signals.interruptedBy();
  if (name === null) return otherwise;
  return name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}

function describeFailure(failure: TargetFailure): string {
  return `${failure.component} of the target died: ${failure.reason}`;
}

function targetFailed(failure: TargetFailure): ChatbenchError {
  const tail = failure.logTail.length === 0 ? '' : `\n  ${failure.logTail.join('\n  ')}`;
  return new ChatbenchError('target-failed', `${describeFailure(failure)}${tail}`, {
    hint: 'what was measured until then is in the result',
  });
}

function shorten(path: string): string {
  const local = relative(process.cwd(), path);
  return local.startsWith('..') ? path : join(local);
}
