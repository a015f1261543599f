import { formatCount, formatLatency, formatRate } from '../../quantities.ts';
import type { ExperimentResult, ExperimentStep } from '../../result/experiment-result.ts';
import { describeExperiment } from '../describe-experiment.ts';
import { labelStep } from '../label-step.ts';
import { observedOfSteps } from '../observed-of-steps.ts';
import { shellCommand } from '../reproduce-command.ts';
import { FANOUT_FIGURES, stepLatencyUs } from '../step-latency.ts';
import type { CurveData, ExperimentData, FanoutData, StepRow } from './experiment-data.ts';
import type { Fact } from './report-data.ts';
import { environmentFacts, targetFacts } from './setting-facts.ts';

/** What binds, by the kind of the finding. */
const BINDINGS = {
  generator: 'The generator',
  threshold: 'A threshold',
  backlog: 'The backlog',
  throughput: 'Throughput',
  refusal: 'Refusals',
} as const;

/** What the page of an experiment shows, in its own words and units. */
export function buildExperimentData(experiment: ExperimentResult): ExperimentData {
  const { kind, scenario, question, startedAt, id, steps, knee, capacity } = experiment;
  const best = experiment.winners.map(({ step }) => step);
  return {
    heading: { kind, scenario, question, startedAt, id },
    words: describeExperiment(experiment),
    headline: headlineOf(experiment),
    bindings: (capacity?.bindings ?? []).map((binding) => ({ name: BINDINGS[binding.kind], value: binding.text })),
    curve: curveOf(experiment),
    steps: steps.map((step, index) => ({ ...rowOf(step), isKnee: index === knee, isBest: best.includes(index) })),
    fanout: fanoutOf(experiment),
    isComparison: kind === 'matrix',
    observed: observedOfSteps(steps),
    target: targetFacts(experiment.target, null),
    environment: environmentFacts(experiment.environment),
    command: shellCommand(experiment.command),
  };
}

function headlineOf(experiment: ExperimentResult): readonly Fact[] {
  const { steps, capacity, varied, knee, sizing } = experiment;
  const facts: Fact[] = [];
  if (capacity !== null && varied !== null) {
    const { value, failedAt } = capacity;
    const atCapacity = steps.findLast((step) => step.held && step.value === value);
    facts.push(
      value === null
        ? { name: 'sustained', value: 'none', tone: 'bad' }
        : name(describeExperiment(experiment).state === 'open' ? 'sustained at least' : 'sustained', varied, value),
    );
    if (failedAt !== null) facts.push(name('no longer held', varied, failedAt));
    if (atCapacity !== undefined)
      facts.push({ name: 'p95 when sustained', value: formatLatency(stepLatencyUs(atCapacity.figures, 'p95Us')) });
  }
  if (knee !== null) {
    const { label, figures } = steps[knee]!;
    facts.push({ name: 'knee', value: label }, { name: 'p95 at the knee', value: formatLatency(figures.p95Us) });
  }
  if (sizing !== null)
    facts.push({ name: `instances for ${formatCount(sizing.expected)}`, value: formatCount(sizing.instances) });
  const best = experiment.winners.length === 1 ? (experiment.winners[0]!.step ?? null) : null;
  const winner = best === null ? null : steps[best]!;
  if (winner !== null)
    facts.push(
      { name: 'lowest p95', value: formatLatency(winner.figures.p95Us) },
      { name: 'delivered there', value: formatRate(winner.figures.deliveredPerSecond) },
    );
  const held = steps.filter((step) => step.held).length;
  return [...facts, { name: 'steps held', value: `${formatCount(held)} of ${formatCount(steps.length)}` }];
}

function name(fact: string, varied: NonNullable<ExperimentResult['varied']>, value: number): Fact {
  return { name: fact, value: labelStep(varied, value) };
}

/** One point per value, ascending: the last trial of it, since an earlier one was only a look. */
function lastOfEachValue(steps: readonly ExperimentStep[]): readonly ExperimentStep[] {
  const last = new Map(steps.map((step) => [step.value, step]));
  return [...last.values()].sort((one, other) => (one.value ?? 0) - (other.value ?? 0));
}

function fanoutOf({ steps, varied }: ExperimentResult): FanoutData | null {
  if (varied !== 'room-size') return null;
  const points = lastOfEachValue(steps);
  return {
    x: points.map(({ value }) => value ?? 0),
    held: points.map(({ held }) => held),
    p95Us: FANOUT_FIGURES.map(({ name, p95 }) => ({ name, values: points.map(({ figures }) => figures[p95]) })),
    rows: steps.map(({ label, figures }) => ({
      label,
      us: FANOUT_FIGURES.flatMap(({ p50, p95 }) => [stepLatencyUs(figures, p50), stepLatencyUs(figures, p95)]),
    })),
  };
}

function curveOf({ steps, varied, knee, capacity }: ExperimentResult): CurveData | null {
  if (varied === null) return null;
  const xOf = ({ value, figures }: ExperimentStep) => (varied === 'rate' ? figures.deliveredPerSecond : value);
  const points = lastOfEachValue(steps).flatMap((step) => {
    const x = xOf(step);
    return x === null ? [] : [{ step, x }];
  });
  if (points.length < 2) return null;
  const indexOf = (value: number | null | undefined) => {
    const index = value == null ? -1 : points.findIndex(({ step }) => step.value === value);
    return index < 0 ? null : index;
  };
  return {
    axis: varied === 'rate' ? 'delivered' : varied,
    x: points.map(({ x }) => x),
    p50Us: points.map(({ step }) => step.figures.p50Us),
    p95Us: points.map(({ step }) => step.figures.p95Us),
    p99Us: points.map(({ step }) => step.figures.p99Us),
    held: points.map(({ step }) => step.held),
    knee: indexOf(knee === null ? null : steps[knee]?.value),
    capacity: indexOf(capacity?.value),
  };
}

function rowOf({
  label,
  held,
  verdict,
  bindings,
  figures,
  directory,
}: ExperimentStep): Omit<StepRow, 'isKnee' | 'isBest'> {
  const { offeredPerSecond, deliveredPerSecond, lost, duplicated, reordered, queueDepthMax, queueDrainUs } = figures;
  return {
    label,
    held,
    verdict,
    offeredPerSecond,
    deliveredPerSecond,
    p50Us: stepLatencyUs(figures, 'p50Us'),
    p95Us: stepLatencyUs(figures, 'p95Us'),
    p99Us: stepLatencyUs(figures, 'p99Us'),
    lost,
    duplicated,
    reordered,
    queueDepthMax,
    queueDrainUs,
    reasons: bindings.map(({ text }) => text).join('; '),
    directory,
  };
}
