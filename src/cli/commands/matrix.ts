import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { buildExperiment } from '../../experiment/build-experiment.ts';
import { commonTarget } from '../../experiment/common-target.ts';
import { foldTrials } from '../../experiment/fold-trials.ts';
import { type Cell, listCells } from '../../experiment/list-cells.ts';
import { createPauseSwitch } from '../../fleet/pause-switch.ts';
import { describeEnvironment } from '../../result/build-result.ts';
import type { RunResult } from '../../result/run-result.ts';
import { readVersion } from '../../version.ts';
import { readCommandLine } from '../command-line.ts';
import { concludeExperiment } from '../experiments/conclude-experiment.ts';
import { describeLoss, StepRunner } from '../experiments/run-steps.ts';
import { checkMatrixOptions } from '../options/check-options.ts';
import { resolveScenario } from '../options/resolve-scenario.ts';
import type { RunOptions } from '../options/run-options.ts';
import { admitTarget } from '../run/admit-target.ts';
import { openTarget } from '../run/open-target.ts';
import { createRunDirectory, discardRunDirectory } from '../run/run-directory.ts';
import { NO_EXPORTS, nameTargets, openRunExports, tellAll } from '../run/run-exports.ts';
import { exitCodeOf, listenForSignals } from '../run/run-signals.ts';
import { openRunView } from '../run/run-view.ts';
import { tellProgress } from '../run/tell-progress.ts';

/** Flags that take a list here. */
const VARIABLE = [
  'target',
  'topology',
  'queueType',
  'balance',
  'spread',
  'gateways',
  'workers',
  'rate',
  'clients',
  'roomSize',
  'payload',
] as const;

/** Those that change how much is done to a target. */
const LOAD: readonly (typeof VARIABLE)[number][] = ['rate', 'clients', 'roomSize', 'payload'];

/**
 * `chatbench matrix <scenario>`: the scenario on one target after the other, for every combination of the listed values, with
 * one identical seeded schedule each where the load is not varied itself. With --repeat each is run as often, and the best of
 * each load is told where it is beyond the spread of the trials.
 */
export async function matrix(nameOrPath: string, options: RunOptions): Promise<ExitCode> {
  const { cells, varied } = readCombinations(options);
  const scenarios = cells.map((cell) => resolveScenario(nameOrPath, { ...options, ...cell.values }));
  for (const scenario of scenarios) checkMatrixOptions(scenario, options);
  const admissions = await Promise.all(scenarios.map((scenario) => admitTarget(scenario, options)));
  const { name, question } = scenarios[0]!;
  const startedAt = new Date();
  const directory = await createRunDirectory(options.out ?? 'reports', `${name}-matrix`, startedAt);
  const signals = listenForSignals();
  const view = await openRunView(`${name}, ${cells.length} combinations`, { ...options, tui: false }, { signals });
  const progress = tellProgress(directory.path, name);
  const runner = new StepRunner(directory.path);
  const measured: RunResult['target'][] = [];
  let exports = NO_EXPORTS;
  try {
    exports = await openRunExports(
      options,
      { run: directory.id, scenario: name, target: nameTargets(scenarios) },
      view,
    );
    // Round by round: what the machine does meanwhile happens to all combinations alike.
    const rounds = Array.from({ length: options.repeat }, () => [...cells.entries()]).flat();
    for (const [index, cell] of rounds) {
      const scenario = scenarios[index]!;
      const target = await openTarget(scenario, view, signals.signal, admissions[index]!).catch((error) => {
        runner.lose(cell.label, error);
        return null;
      });
      if (signals.signal.aborted) {
        await target?.stop();
        break;
      }
      // The other combinations have targets of their own.
      if (target === null) continue;
      const steps = runner.steps.length;
      const context = {
        target,
        options,
        signals,
        view: tellAll(tellAll(view, exports), progress),
        pause: createPauseSwitch(),
      };
      await runner.run({ scenario, ...cell, value: null, of: rounds.length }, context).finally(() => target.stop());
      const { description } = target;
      if (runner.steps.length > steps) measured.push({ ...description, components: [...description.components] });
      if (signals.signal.aborted) break;
    }
    const { loss } = runner;
    if (measured.length === 0) {
      if (loss !== null && !signals.signal.aborted) throw loss.error;
      return exitCodeOf(signals, EXIT.invalid);
    }
    const experiment = buildExperiment({
      id: directory.id,
      startedAt: startedAt.toISOString(),
      command: readCommandLine(),
      scenario: name,
      question,
      kind: 'matrix',
      varied: null,
      variedFlags: [...varied],
      target: commonTarget(measured),
      environment: describeEnvironment(readVersion()),
      steps: [...foldTrials(runner.steps)],
      interruptedBy: signals.interruptedBy(),
      targetLost: describeLoss(loss),
      found: null,
      curve: [],
      fleet: null,
    });
    return exitCodeOf(signals, await concludeExperiment({ experiment, loss }, directory, { options, view }));
  } finally {
    view.close();
    await progress.close();
    await exports.close();
    await discardRunDirectory(directory);
    signals.release();
  }
}

interface Combinations {
  readonly cells: readonly Cell[];
  /** Flags with more than one value, as typed. */
  readonly varied: readonly string[];
}

function readCombinations(options: RunOptions): Combinations {
  const given = options as Partial<Record<(typeof VARIABLE)[number], string>>;
  const lists = VARIABLE.flatMap((name) => {
    const text = given[name];
    return text === undefined ? [] : [[name, text.split(',').map((value) => value.trim())] as const];
  });
  const cells = listCells(Object.fromEntries(lists), LOAD);
  const varied = lists.flatMap(([name, values]) => (values.length > 1 ? [toFlag(name)] : []));
  if (cells.length > 1) return { cells, varied };
  throw new ChatbenchError('usage', 'expected at least one flag with a list, such as --topology worker,pubsub', {
    hint: `any of ${VARIABLE.map(toFlag).join(', ')} may have one`,
  });
}

function toFlag(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
