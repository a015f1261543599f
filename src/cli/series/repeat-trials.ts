import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { createPauseSwitch } from '../../fleet/pause-switch.ts';
import {
  describeUnsound,
  readTrialFacts,
  type TrialChoice,
  type TrialFacts,
} from '../../gate/compare/choose-trials.ts';
import type { Spread } from '../../gate/compare/comparison.ts';
import { summarizeRuns } from '../../gate/compare/summarize-runs.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { type RepeatIndex, writeRepeatIndex } from '../../result/repeat-index.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { readCommandLine } from '../command-line.ts';
import { chooseFormats, type RunOptions } from '../options/run-options.ts';
import { createTrialDirectory, discardRunDirectory } from '../run/run-directory.ts';
import { type RunExports, tellAll } from '../run/run-exports.ts';
import type { RunSignals } from '../run/run-signals.ts';
import { runTrial, type Trial } from '../run/run-trial.ts';
import { openRunView } from '../run/run-view.ts';
import { targetFailed } from '../run/target-failed.ts';
import { writeReportsAfterwards } from '../run/write-reports.ts';
import type { Turn } from './describe-turn.ts';
import { worstExitCode } from './worst-exit-code.ts';

/** Trials of one scenario on one target, gathered one by one; each is a run of its own, with fresh connections. */
export interface TrialSeries {
  /** Runs the next trial. False where there can be no further one: interrupted, or the target was lost. */
  next(turn: Turn): Promise<boolean>;
  /** What the trials run so far are chosen by, in their order. */
  readonly facts: () => readonly TrialFacts[];
  /**
   * Says which of them count, and writes the index. To be called after every trial: what a killed series has measured can then be
   * read.
   */
  settle(choice: TrialChoice): Promise<void>;
  /** Of the trials that count. */
  readonly results: () => readonly RunResult[];
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
  /** Told of every second of each trial; whoever made them closes them. */
  readonly tellers: readonly RunExports[];
}

export function startSeries(request: SeriesRequest): TrialSeries {
  const { directory, scenario, target, options, signals } = request;
  const attempts: Attempt[] = [];
  let choice: TrialChoice = { chosen: [], setAside: [], overBudget: 0 };
  let indexFile = '';
  let loss: ChatbenchError | null = null;
  const chosen = () => choice.chosen.map((index) => attempts[index]!);
  const results = () => chosen().map(({ result }) => result);
  const setAside = () =>
    attempts.flatMap(({ listed, facts }, index) => {
      if (choice.chosen.includes(index)) return [];
      const ofPair = choice.setAside.find(({ trial }) => trial === index)?.reason ?? 'it was not run';
      const reason = describeUnsound(facts, options.maxSteal) ?? `the other trial of its pair: ${ofPair}`;
      return [{ ...listed, reason }];
    });
  const index = (): RepeatIndex => ({
    schema: 'chatbench.repeat/1',
    scenario: scenario.name,
    startedAt: request.startedAt.toISOString(),
    command: readCommandLine(),
    planned: options.repeat,
    exitCode: worstExitCode(chosen().map(({ listed }) => listed.exitCode as ExitCode)),
    trials: chosen().map(({ listed }) => listed),
    maxStealRatio: options.maxSteal,
    overBudget: choice.overBudget,
    setAside: setAside(),
    figures: Object.fromEntries(
      [...summarizeRuns(results())].filter(([, { most }]) => Number.isFinite(most)).map(toWrittenUnits),
    ),
  });
  return {
    async next({ part, problem }) {
      const startedAt = new Date();
      const trialDirectory = await createTrialDirectory(directory, scenario.name, startedAt, attempts.length + 1);
      const name = trialDirectory.path.slice(directory.length + 1);
      const pause = createPauseSwitch();
      const screen = await openRunView(scenario.name, options, { signals, pause: pause.toggle });
      const view = request.tellers.reduce(tellAll, screen);
      if (problem !== null) view.note(`${problem}: measured again`);
      view.begin({ ...part, label: [request.label, part.label].filter((word) => word !== '').join(', ') });
      try {
        const trial = await runTrial(scenario, trialDirectory, { target, options, signals, view, pause });
        if (trial === null) return false;
        view.close();
        await writeReportsAfterwards(trialDirectory.path, trial, chooseFormats(options));
        if (trial.unwritten !== null) throw trial.unwritten;
        attempts.push(listAttempt(name, trial));
        if (trial.failure !== null) loss = targetFailed(trial.failure);
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
    facts: () => attempts.map(({ facts }) => facts),
    async settle(latest) {
      choice = latest;
      if (attempts.length > 0) indexFile = await writeRepeatIndex(directory, index());
    },
    results,
    figures: () => summarizeRuns(results()),
    index,
    indexFile: () => indexFile,
    loss: () => loss,
  };
}

interface Attempt {
  readonly result: RunResult;
  readonly facts: TrialFacts;
  readonly listed: RepeatIndex['trials'][number];
}

function listAttempt(directory: string, { result, verdict }: Trial): Attempt {
  const { status, exitCode } = verdict;
  const listed = { directory, id: result.id, verdict: status, exitCode, stealRatio: result.host.stealRatio };
  return { result, facts: readTrialFacts(result, verdict), listed };
}

/** Times are kept in µs and written in ms. */
function toWrittenUnits([subject, spread]: readonly [string, Spread]): readonly [string, Spread] {
  if (!/\.(p\d+|mean|max)$/.test(subject) || subject.startsWith('queue.')) return [subject, spread];
  const inMs = (us: number) => Math.round(us) / 1000;
  return [subject, { median: inMs(spread.median), least: inMs(spread.least), most: inMs(spread.most) }];
}
