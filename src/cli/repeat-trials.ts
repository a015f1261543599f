import { ChatbenchError, EXIT, type ExitCode } from '../errors.ts';
import { createPauseSwitch } from '../fleet/pause-switch.ts';
import type { Spread } from '../gate/compare/comparison.ts';
import { summarizeRuns } from '../gate/compare/summarize-runs.ts';
import { type RepeatIndex, writeRepeatIndex } from '../result/repeat-index.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunningTarget } from '../target/running-target.ts';
import { readCommandLine } from './command-line.ts';
import { runTrial } from './commands/run.ts';
import { createTrialDirectory, discardRunDirectory } from './run-directory.ts';
import { tellAll } from './run-exports.ts';
import type { RunOptions } from './run-options.ts';
import { interruptSelf, type RunSignals } from './run-signals.ts';
import { openRunView } from './run-view.ts';
import { targetFailed } from './target-failed.ts';
import type { RunProgressTeller } from './tell-progress.ts';
import { worstExitCode } from './worst-exit-code.ts';
import { writeTrial } from './write-trial.ts';

/** Trials of one scenario on one target, gathered one by one; each is a run of its own, with fresh connections. */
export interface TrialSeries {
  /** Runs the next trial. False where there can be no further one: interrupted, or the target was lost. */
  next(): Promise<boolean>;
  readonly results: readonly RunResult[];
  readonly figures: () => ReadonlyMap<string, Spread>;
  readonly index: () => RepeatIndex;
  readonly indexFile: () => string;
  /** That the target died, or could not be reached any more; to be told once all that was measured is shown. */
  readonly loss: () => ChatbenchError | null;
}

export interface SeriesRequest {
  readonly directory: string;
  readonly label: string;
  readonly scenario: Scenario;
  readonly target: RunningTarget;
  readonly options: RunOptions;
  readonly signals: RunSignals;
  readonly startedAt: Date;
  readonly progress: RunProgressTeller;
}

export function startSeries(request: SeriesRequest): TrialSeries {
  const { directory, scenario, target, options, signals } = request;
  const results: RunResult[] = [];
  const trials: RepeatIndex['trials'] = [];
  let indexFile = '';
  let loss: ChatbenchError | null = null;
  const index = (): RepeatIndex => ({
    schema: 'chatbench.repeat/1',
    scenario: scenario.name,
    startedAt: request.startedAt.toISOString(),
    command: readCommandLine(),
    planned: options.repeat,
    exitCode: worstExitCode(trials.map(({ exitCode }) => exitCode as ExitCode)),
    trials,
    figures: Object.fromEntries(
      [...summarizeRuns(results)].filter(([, { most }]) => Number.isFinite(most)).map(toWrittenUnits),
    ),
  });
  return {
    async next() {
      const startedAt = new Date();
      const trialDirectory = await createTrialDirectory(directory, scenario.name, startedAt, trials.length + 1);
      const name = trialDirectory.path.slice(directory.length + 1);
      const pause = createPauseSwitch();
      const screen = await openRunView(scenario.name, options, { stop: interruptSelf, pause: pause.toggle });
      const view = tellAll(screen, request.progress);
      view.begin({ kind: 'trial', number: trials.length + 1, of: options.repeat, label: request.label });
      try {
        const trial = await runTrial(scenario, trialDirectory, { target, options, signals, view, pause });
        if (trial === null) return false;
        view.close();
        await writeTrial(trialDirectory.path, trial, options);
        results.push(trial.result);
        const { status: verdict, exitCode } = trial.verdict;
        trials.push({ directory: name, id: trial.result.id, verdict, exitCode });
        if (trial.failure !== null) loss = targetFailed(trial.failure);
        // After every trial: what a killed series has measured can still be read.
        indexFile = await writeRepeatIndex(directory, index());
        return loss === null && signals.interruptedBy() === null;
      } catch (error) {
        if (!(error instanceof ChatbenchError) || error.exitCode !== EXIT.targetUnavailable) throw error;
        if (signals.interruptedBy() === null) loss = error;
        return false;
      } finally {
        view.close();
        await discardRunDirectory(trialDirectory);
      }
    },
    results,
    figures: () => summarizeRuns(results),
    index,
    indexFile: () => indexFile,
    loss: () => loss,
  };
}

/** Times are kept in µs and written in ms. */
function toWrittenUnits([subject, spread]: readonly [string, Spread]): readonly [string, Spread] {
  if (!/\.(p\d+|mean|max)$/.test(subject) || subject.startsWith('queue.')) return [subject, spread];
  const inMs = (us: number) => Math.round(us) / 1000;
  return [subject, { median: inMs(spread.median), least: inMs(spread.least), most: inMs(spread.most) }];
}
