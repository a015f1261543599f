import { join } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import {
  type ChoiceRule,
  chooseTrials,
  factsOfPair,
  isSettled,
  type TrialFacts,
} from '../../gate/compare/choose-trials.ts';
import type { Comparison } from '../../gate/compare/comparison.ts';
import type { Tolerances } from '../../gate/compare/tolerances.ts';
import { weighConfirmation } from '../../gate/compare/weigh-confirmation.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { redact } from '../../redact.ts';
import { COMPARISON_FILE } from '../../report/json/comparison-schema.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { checkTrialOptions } from '../options/check-options.ts';
import { readChoiceRule } from '../options/choice-rule.ts';
import { resolveScenario } from '../options/resolve-scenario.ts';
import type { RunOptions } from '../options/run-options.ts';
import { readSideOptions } from '../options/side-options.ts';
import { printNote } from '../print.ts';
import { admitTarget } from '../run/admit-target.ts';
import { openTarget } from '../run/open-target.ts';
import { createWritable, nameRun } from '../run/run-directory.ts';
import { NO_EXPORTS, nameTargets, openRunExports } from '../run/run-exports.ts';
import { exitCodeOf, listenForSignals, type RunSignals } from '../run/run-signals.ts';
import { openRunView } from '../run/run-view.ts';
import { tellGithubOfComparison } from '../run/tell-github.ts';
import { tellProgress } from '../run/tell-progress.ts';
import { warnOfFailure } from '../run/write-reports.ts';
import { compareStored } from '../series/compare-stored.ts';
import { describeOverBudget } from '../series/describe-over-budget.ts';
import { describeTurn } from '../series/describe-turn.ts';
import { type SeriesRequest, startSeries, type TrialSeries } from '../series/repeat-trials.ts';
import { showComparison, writeComparison } from '../series/show-comparison.ts';
import { createSeriesDirectory } from './repeat.ts';

export interface AbOptions extends RunOptions {
  /** A target, or flags of run. */
  readonly base: string;
  readonly head: string;
  readonly tolerance: Tolerances;
  /** µs. */
  readonly floor: number;
  readonly floorCount: number;
  readonly requirePower: boolean;
  readonly confirm: boolean;
}

/**
 * `chatbench ab <scenario> --base … --head …`: trials of two targets, interleaved in one session, so that whatever the machine does
 * meanwhile happens to both; then the comparison. Both targets stay up throughout.
 */
export async function ab(nameOrPath: string, options: AbOptions): Promise<ExitCode> {
  const sides = (['base', 'head'] as const).map((name) => {
    const own = readSideOptions(`--${name}`, options[name], options);
    const scenario = resolveScenario(nameOrPath, own);
    checkTrialOptions('ab', scenario, own);
    return { name, options: own, scenario };
  });
  const rule = readChoiceRule(options);
  const startedAt = new Date();
  const { name: scenarioName } = sides[0]!.scenario;
  const id = `${nameRun(scenarioName, startedAt).id}-ab`;
  const directory = await createSeriesDirectory(options.out, id);
  const signals = listenForSignals();
  const progress = tellProgress(directory, scenarioName);
  const targets: RunningTarget[] = [];
  let exports = NO_EXPORTS;
  try {
    const labels = { run: id, scenario: scenarioName, target: nameTargets(sides.map(({ scenario }) => scenario)) };
    exports = await openRunExports(options, labels, { note: options.quiet ? () => {} : printNote });
    for (const side of sides) {
      const target = await openSide(side, signals);
      if (target === null) return exitCodeOf(signals, EXIT.invalid);
      targets.push(target);
    }
    const measure = async (...session: string[]): Promise<Comparison | null> => {
      const series: TrialSeries[] = [];
      for (const [index, side] of sides.entries()) {
        const place = await createWritable(directory, join(directory, ...session, side.name));
        const request = { directory: place, label: side.name, target: targets[index]!, signals, startedAt };
        series.push(startSeries({ ...side, ...request, tellers: [exports, progress] } satisfies SeriesRequest));
      }
      if (!(await interleave(series, rule))) return null;
      tellSetAside(series);
      return compareSeries(series, options);
    };
    const first = await measure();
    if (first === null) return exitCodeOf(signals, EXIT.invalid);
    let comparison = first;
    if (first.verdict === 'fail' && options.confirm) {
      printNote(`regression: ${first.reasons.join('; ')}; measuring both sides again`);
      const again = await measure('again');
      if (again === null) return exitCodeOf(signals, EXIT.invalid);
      comparison = weighConfirmation(first, again);
    }
    showComparison(comparison, options);
    await warnOfFailure(COMPARISON_FILE, () => writeComparison(join(directory, COMPARISON_FILE), comparison));
    await tellGithubOfComparison(comparison);
    return exitCodeOf(signals, comparison.exitCode);
  } finally {
    await progress.close();
    await exports.close();
    for (const target of targets) await target.stop();
    signals.release();
  }
}

async function openSide(
  { name, scenario, options }: { name: string; scenario: Scenario; options: RunOptions },
  signals: RunSignals,
): Promise<RunningTarget | null> {
  const admission = await admitTarget(scenario, options);
  const title = `${name}: ${redact(scenario.target.url ?? scenario.target.kind)}`;
  const view = await openRunView(title, { ...options, tui: false }, { signals });
  try {
    return await openTarget(scenario, view, signals.signal, admission);
  } finally {
    view.close();
  }
}

/**
 * One trial of each side after the other, the first to begin taking turns (A B, B A, A B, …): a drift of the machine that is
 * linear in time then adds the same to both sides. A pair counts where both of its trials are sound. False where not all trials
 * could be run.
 *
 * @throws ChatbenchError `target-failed` where a target died
 */
async function interleave(series: readonly TrialSeries[], rule: ChoiceRule): Promise<boolean> {
  const pairs = () => pairFacts(series.map((side) => side.facts()));
  for (let pair = 0; !isSettled(pairs(), rule); pair++) {
    const turn = describeTurn(pairs(), rule);
    for (const side of pair % 2 === 0 ? series : series.toReversed()) {
      const goesOn = await side.next(turn);
      const choice = chooseTrials(pairs(), rule);
      for (const each of series) await each.settle(choice);
      const loss = side.loss();
      if (loss !== null) throw loss;
      if (!goesOn) return false;
    }
  }
  return true;
}

/** Of the pairs that are complete. */
function pairFacts([base = [], head = []]: readonly (readonly TrialFacts[])[]): readonly TrialFacts[] {
  return head.slice(0, base.length).map((trial, index) => factsOfPair(base[index]!, trial));
}

/** Both sides have the same pairs set aside. */
function tellSetAside(series: readonly TrialSeries[]): void {
  const [base, head] = series.map((side) => side.index());
  if (base === undefined || head === undefined) return;
  const { trials, setAside } = base;
  if (setAside.length > 0) printNote(`set aside: ${setAside.length} of ${trials.length + setAside.length} pairs`);
  if (base.overBudget > 0) printNote(describeOverBudget(base, 'pairs'));
}

/** The targets are what is compared: only the rest of the fingerprints has to be equal. */
function compareSeries(series: readonly TrialSeries[], options: AbOptions): Comparison {
  const [base, head] = series.map(({ results }, index) => ({
    label: index === 0 ? 'base' : 'head',
    results: results(),
  }));
  return compareStored(base!, head!, {
    tolerances: options.tolerance,
    floorUs: options.floor,
    floorCount: options.floorCount,
    requirePower: options.requirePower,
    force: true,
    parts: ['machine', 'scenario', 'chatbench'],
  });
}
