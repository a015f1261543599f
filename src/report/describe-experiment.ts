import { formatCount, formatLatency, formatPlural, formatRate } from '../quantities.ts';
import type { ExperimentResult, ExperimentStep } from '../result/experiment-result.ts';
import { labelStep } from './label-step.ts';

export interface ExperimentWords {
  readonly title: string;
  /** The answer in a few words. */
  readonly answer: string;
  /** Whether there is an answer; of alternatives, whether all of them passed. */
  readonly held: boolean;
  /** The answer in sentences, for somebody who has never seen one. */
  readonly sentences: readonly string[];
}

/** What an experiment says, in words. */
export function describeExperiment(experiment: ExperimentResult): ExperimentWords {
  const { kind, steps, interruptedBy, targetLost } = experiment;
  const partial = endedEarly(experiment);
  if (kind === 'matrix')
    return {
      title: 'MATRIX',
      answer: answerOf(experiment),
      held: steps.length > 0 && steps.every(({ verdict }) => verdict === 'pass') && targetLost === null,
      sentences: [...partial, ...bestOf(experiment), ...troubleOf(experiment)],
    };
  if (kind === 'sweep') {
    const held = steps.filter((step) => step.held).length;
    const sentence = `${held} of ${formatPlural(steps.length, 'step')} held.`;
    return {
      title: 'SWEEP',
      answer: answerOf(experiment),
      held: steps.some(({ verdict }) => verdict !== 'invalid') && targetLost === null,
      sentences: [...partial, sentence, ...kneeOf(experiment)],
    };
  }
  const title = kind === 'curve' ? 'CURVE' : 'CAPACITY';
  const found = experiment.capacity?.value ?? null;
  return {
    title,
    answer: answerOf(experiment),
    held: found !== null && interruptedBy === null && targetLost === null,
    sentences: [...partial, ...capacityOf(experiment), ...kneeOf(experiment), ...sizingOf(experiment)],
  };
}

function endedEarly({ steps, interruptedBy, targetLost }: ExperimentResult): string[] {
  return [
    ...(interruptedBy === null ? [] : [`Interrupted by ${interruptedBy} after ${formatPlural(steps.length, 'step')}.`]),
    ...(targetLost === null ? [] : [`The target was lost at ${targetLost.step}: ${targetLost.reason}.`]),
  ];
}

function answerOf(experiment: ExperimentResult): string {
  const { kind, steps, capacity, varied, knee } = experiment;
  if (kind === 'matrix') {
    const best = findBestStep(steps);
    return best === null ? 'No figure to compare' : `Lowest p95: ${best.label}`;
  }
  if (capacity !== null && varied !== null)
    return capacity.value === null ? 'Not even the first value' : `Sustains ${labelStep(varied, capacity.value)}`;
  if (knee !== null) return `Knee at ${steps[knee]!.label}`;
  return `${steps.filter(({ held }) => held).length} of ${formatPlural(steps.length, 'step')} held`;
}

/** The step with the lowest p95 among those that can be trusted and lost nothing; null where there is none. */
export function findBestStep(steps: readonly ExperimentStep[]): ExperimentStep | null {
  const usable = steps.filter(
    ({ verdict, figures }) => verdict !== 'invalid' && figures.lost === 0 && figures.p95Us !== null,
  );
  const [first, ...rest] = usable;
  if (first === undefined) return null;
  return rest.reduce((best, step) => (step.figures.p95Us! < best.figures.p95Us! ? step : best), first);
}

function capacityOf({ capacity, varied }: ExperimentResult): string[] {
  if (capacity === null || varied === null) return [];
  const { value, failedAt, bindings } = capacity;
  const reasons = bindings.map(({ text }) => text).join('; ');
  const limit =
    failedAt === null ? 'It held all that was tried.' : `At ${labelStep(varied, failedAt)} it did not: ${reasons}.`;
  if (value === null) return [`Not even the first value was sustained. ${limit}`];
  const isOurs = bindings.some(({ kind }) => kind === 'generator');
  return [
    `It sustains ${labelStep(varied, value)}. ${limit}`,
    ...(isOurs ? ['The generator was the limit there: the target may do more. Give it a machine of its own.'] : []),
  ];
}

function kneeOf({ steps, knee }: ExperimentResult): string[] {
  if (knee === null) return [];
  const { label, figures } = steps[knee]!;
  return [
    `The knee of the curve is at ${label}: p95 ${formatLatency(figures.p95Us)}; beyond it, waiting grows faster than throughput.`,
  ];
}

function sizingOf({ sizing, capacity }: ExperimentResult): string[] {
  if (sizing === null) return [];
  const { expected, perInstance, headroom, instances, connections, ratePerConnection, held, gateways } = sizing;
  const need = `${formatCount(expected)} connections need ${formatPlural(instances, 'instance')}: ${formatCount(expected)} ÷ ${formatNumber(perInstance)} × ${headroom}, rounded up.`;
  if (connections === null) return [need];
  const whole =
    ratePerConnection === null
      ? formatPlural(connections, 'connection')
      : `${formatRate(capacity?.value ?? null)} ÷ ${formatNumber(ratePerConnection)}/s per connection`;
  const instance =
    gateways === null
      ? `The server counts as one instance: ${whole}.`
      : `An instance is a gateway and its share of the rest: ${whole} ÷ ${formatPlural(gateways, 'gateway')}.`;
  if (ratePerConnection === null || held === null) return [need, instance];
  return [
    need,
    instance,
    `So many were computed from the rate, not held: the steps had ${formatPlural(held, 'connection')}.`,
  ];
}

/** "12,000", "0.67": whole where decimals would not matter. */
function formatNumber(value: number): string {
  return value >= 100 ? formatCount(value) : String(Number(value.toPrecision(3)));
}

function bestOf({ steps, variedFlags }: ExperimentResult): string[] {
  const best = findBestStep(steps);
  if (best === null) return ['No step yielded a figure that can be compared.'];
  return [
    `Lowest p95 without loss: ${best.label}, ${formatLatency(best.figures.p95Us)}. ${describeSchedule(variedFlags)}`.trim(),
  ];
}

/** The lightest load mostly waits least: then the lowest p95 says nothing about what else differs. */
function describeSchedule(variedFlags: readonly string[] | null): string {
  if (variedFlags === null) return '';
  const ofLoad = variedFlags.filter((flag) => LOAD_FLAGS.includes(flag));
  if (ofLoad.length === 0) return 'All steps had the same schedule.';
  return `The load differed from step to step (${ofLoad.join(', ')}): compare those of equal load.`;
}

const LOAD_FLAGS: readonly string[] = ['--rate', '--clients', '--room-size', '--payload'];

function troubleOf({ steps }: ExperimentResult): string[] {
  const count = (status: ExperimentStep['verdict']) => steps.filter(({ verdict }) => verdict === status).length;
  const [failed, invalid] = [count('fail'), count('invalid')];
  const all = formatPlural(steps.length, 'step');
  return [
    ...(failed === 0 ? [] : [`${failed} of ${all} failed at a threshold.`]),
    ...(invalid === 0 ? [] : [`${invalid} of ${all} cannot be trusted.`]),
  ];
}
