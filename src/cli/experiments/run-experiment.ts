import { buildExperiment } from '../../experiment/build-experiment.ts';
import { type FoundCapacity, searchCapacity } from '../../experiment/search-capacity.ts';
import type { FleetFacts } from '../../experiment/size-fleet.ts';
import { labelStep } from '../../report/label-step.ts';
import { describeEnvironment } from '../../result/build-result.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import type { Experiment, Search, Varied } from '../../scenario/experiment.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { granularityOf, varyScenario } from '../../scenario/vary-scenario.ts';
import { readVersion } from '../../version.ts';
import { readCommandLine } from '../command-line.ts';
import type { RunDirectory } from '../run/run-directory.ts';
import type { TrialContext } from '../run/run-trial.ts';
import { readFleet } from './read-fleet.ts';
import { describeLoss, StepRunner, type TargetLoss } from './run-steps.ts';

/** What an experiment came to, and the target that it lost, for the end of the command to tell. */
export interface RanExperiment {
  readonly experiment: ExperimentResult;
  readonly loss: TargetLoss | null;
}

/** Several runs of a scenario on one open target, each chosen by what the ones before have shown. */
export async function runExperiment(
  scenario: Scenario,
  experiment: Experiment,
  directory: RunDirectory,
  context: TrialContext,
): Promise<RanExperiment> {
  const startedAt = new Date();
  const runner = new StepRunner(directory.path);
  const varied = experiment.kind === 'sweep' ? experiment.varied : experiment.search.varied;
  const found = experiment.kind === 'sweep' ? null : await search(scenario, experiment.search, runner, context);
  const searched = runner.steps.length;
  await runValues(scenario, varied, valuesOf(experiment, found, scenario), runner, context);
  const curve = runner.steps.map((_, index) => index).slice(searched);
  const result = buildExperiment({
    id: directory.id,
    startedAt: startedAt.toISOString(),
    command: readCommandLine(),
    scenario: scenario.name,
    question: scenario.question,
    kind: experiment.kind,
    varied,
    variedFlags: null,
    target: { ...context.target.description, components: [...context.target.description.components] },
    environment: describeEnvironment(readVersion()),
    steps: [...runner.steps],
    interruptedBy: context.signals.interruptedBy(),
    targetLost: describeLoss(runner.loss),
    found,
    curve,
    fleet: fleetOf(scenario, experiment, found, context),
  });
  return { experiment: result, loss: runner.loss };
}

/** Null where nobody asked for its size, or nothing was sustained. */
function fleetOf(
  scenario: Scenario,
  experiment: Experiment,
  found: FoundCapacity | null,
  { options, target }: TrialContext,
): FleetFacts | null {
  const expected = options.expectedConnections ?? null;
  if (experiment.kind === 'sweep' || expected === null || found === null || found.value === null) return null;
  return readFleet(scenario, experiment.search, found.value, { expected, gateways: target.description.gateways });
}

async function search(
  scenario: Scenario,
  { varied, ...range }: Search,
  runner: StepRunner,
  context: TrialContext,
): Promise<FoundCapacity | null> {
  const values = searchCapacity({ ...range, granularity: granularityOf(scenario, varied) });
  let next = values.next();
  while (!next.done) {
    const step = await runner.run(stepOf(scenario, varied, next.value, null), context);
    if (step === null) return null;
    next = values.next(step.held);
  }
  return next.value;
}

async function runValues(
  scenario: Scenario,
  varied: Varied,
  values: readonly number[],
  runner: StepRunner,
  context: TrialContext,
): Promise<void> {
  const of = runner.steps.length + values.length;
  for (const value of values) {
    if ((await runner.run(stepOf(scenario, varied, value, of), context)) === null) return;
  }
}

/** The values of a sweep, or shares of what a search has found; none where it found nothing. */
function valuesOf(experiment: Experiment, found: FoundCapacity | null, scenario: Scenario): readonly number[] {
  if (experiment.kind === 'sweep') return experiment.values;
  const capacity = found?.value ?? null;
  if (experiment.kind === 'capacity' || capacity === null) return [];
  const granularity = granularityOf(scenario, experiment.search.varied);
  return experiment.shares.map((share) => Math.max(1, Math.round((share * capacity) / granularity)) * granularity);
}

function stepOf(scenario: Scenario, varied: Varied, value: number, of: number | null) {
  return { scenario: varyScenario(scenario, varied, value), label: labelStep(varied, value), value, of };
}
