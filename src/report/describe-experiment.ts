import { describeInterruption } from '../interruption.ts';
import { formatCount, formatLatency, formatNumber, formatPlural, formatRate } from '../quantities.ts';
import type { ExperimentResult, ExperimentStep, Winner } from '../result/experiment-result.ts';
import { describeHopGrowth } from './describe-hop-growth.ts';
import { labelStep } from './label-step.ts';

export interface ExperimentWords {
  readonly title: string;
  /** The answer in a few words. */
  readonly answer: string;
  /** `none`: no answer, or of alternatives, not all passed. `open`: a search that ended before it came to the target's limit. */
  readonly state: 'found' | 'open' | 'none';
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
      state: foundWhere(steps.length > 0 && steps.every(({ verdict }) => verdict === 'pass') && targetLost === null),
      sentences: [...partial, ...winnersOf(experiment), ...troubleOf(experiment)],
    };
  if (kind === 'sweep') {
    const held = steps.filter((step) => step.held).length;
    const sentence = `${held} of ${formatPlural(steps.length, 'step')} held.`;
    return {
      title: 'SWEEP',
      answer: answerOf(experiment),
      state: foundWhere(steps.some(({ verdict }) => verdict !== 'invalid') && targetLost === null),
      sentences: [...partial, sentence, ...kneeOf(experiment), ...describeHopGrowth(experiment)],
    };
  }
  const title = kind === 'curve' ? 'CURVE' : 'CAPACITY';
  const found = experiment.capacity?.value ?? null;
  return {
    title,
    answer: answerOf(experiment),
    state:
      found === null || interruptedBy !== null || targetLost !== null ? 'none' : isOpen(experiment) ? 'open' : 'found',
    sentences: [
      ...partial,
      ...capacityOf(experiment),
      ...kneeOf(experiment),
      ...describeHopGrowth(experiment),
      ...sizingOf(experiment),
    ],
  };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function foundWhere(isFound: boolean): ExperimentWords['state'] {
  return isFound ? 'found' : 'none';
}

/** Whether the target may do more than was found: nothing failed, or the generator did. */
function isOpen({ capacity }: ExperimentResult): boolean {
  if (capacity === null || capacity.value === null) return false;
  return capacity.failedAt === null || capacity.bindings.some(({ kind }) => kind === 'generator');
}

function endedEarly({ steps, interruptedBy, targetLost }: ExperimentResult): string[] {
  return [
    ...(interruptedBy === null
      ? []
      : [`${capitalize(describeInterruption(interruptedBy))} after ${formatPlural(steps.length, 'step')}.`]),
    ...(targetLost === null ? [] : [`The target was lost at ${targetLost.step}: ${targetLost.reason}.`]),
  ];
}

function answerOf(experiment: ExperimentResult): string {
  const { kind, steps, capacity, varied, knee, winners } = experiment;
  if (kind === 'matrix') {
    const best = winners.flatMap(({ step }) => (step === null ? [] : [steps[step]!.label]));
    return best.length === 0
      ? `${formatPlural(steps.length, 'combination')}, none proven best`
      : `Lowest p95: ${best.join('; ')}`;
  }
  if (capacity !== null && varied !== null) {
    if (capacity.value === null) return 'Not even the first value';
    const value = labelStep(varied, capacity.value);
    return isOpen(experiment) ? `At least ${value}: the limit was not reached` : `Sustains ${value}`;
  }
  if (knee !== null) return `Knee at ${steps[knee]!.label}`;
  return `${steps.filter(({ held }) => held).length} of ${formatPlural(steps.length, 'step')} held`;
}

function capacityOf(experiment: ExperimentResult): string[] {
  const { capacity, varied } = experiment;
  if (capacity === null || varied === null) return [];
  const { value, failedAt, bindings } = capacity;
  const reasons = bindings.map(({ text }) => text).join('; ');
  const limit =
    failedAt === null ? 'It held all that was tried.' : `At ${labelStep(varied, failedAt)} it did not: ${reasons}.`;
  if (value === null) return [`Not even the first value was sustained. ${limit}`];
  const isOurs = bindings.some(({ kind }) => kind === 'generator');
  return [
    `It sustains ${isOpen(experiment) ? 'at least ' : ''}${labelStep(varied, value)}. ${limit}`,
    ...(failedAt === null ? ['Its limit was not reached: search further, to find it.'] : []),
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

function sizingOf(experiment: ExperimentResult): string[] {
  const { sizing, capacity } = experiment;
  if (sizing === null) return [];
  const { expected, perInstance, headroom, instances, connections, ratePerConnection, held, gateways } = sizing;
  const need = `${formatCount(expected)} connections need ${isOpen(experiment) ? 'at most ' : ''}${formatPlural(instances, 'instance')}: ${formatCount(expected)} ÷ ${formatNumber(perInstance)} × ${headroom}, rounded up.`;
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

/** A sentence for each load, and why none is the best where none is. */
function winnersOf({ steps, winners, variedFlags }: ExperimentResult): string[] {
  if (winners.length === 0)
    return [steps.length < 2 ? 'No two combinations to compare.' : 'Each had a load of its own: none can be compared.'];
  const schedule =
    variedFlags === null || winners.length > 1 || winners[0]!.load !== '' ? [] : ['All had the same schedule.'];
  return [...winners.map((winner) => describeWinner(winner, steps)), ...schedule];
}

function describeWinner({ load, step, reason }: Winner, steps: readonly ExperimentStep[]): string {
  const at = load === '' ? '' : ` at ${load}`;
  if (step !== null) {
    const { label, trials } = steps[step]!;
    return `Lowest p95${at}: ${label}, ${describeTrials(steps[step]!)}; in each of ${formatPlural(trials.length, 'trial')} below all of the others.`;
  }
  if (reason === 'single-trials') return `No best${at}: ${TOO_FEW}`;
  if (reason === 'no-figures') return `No best${at}: not all of them yielded figures that can be compared.`;
  const rivals = steps.filter(
    (rival) => rival.load === load && rival.figures.p95Us !== null && rival.figures.lost === 0,
  );
  const told = rivals.map((rival) => `${rival.label} ${describeTrials(rival)}`);
  return `No best${at}: the p95s of the trials overlap (${told.join('; ')}).`;
}

const TOO_FEW = 'what few runs differ in may be chance; --repeat 5 tells what is beyond their spread.';

/** "4.00 ms (3.80 ms–4.10 ms)" */
function describeTrials({ figures, trials }: ExperimentStep): string {
  const p95s = trials.flatMap(({ p95Us }) => p95Us ?? []).sort((one, other) => one - other);
  return `${formatLatency(figures.p95Us)} (${formatLatency(p95s[0] ?? null)}–${formatLatency(p95s.at(-1) ?? null)})`;
}

function troubleOf({ steps }: ExperimentResult): string[] {
  const count = (status: ExperimentStep['verdict']) => steps.filter(({ verdict }) => verdict === status).length;
  const [failed, invalid] = [count('fail'), count('invalid')];
  const all = formatPlural(steps.length, 'step');
  return [
    ...(failed === 0 ? [] : [`${failed} of ${all} failed at a threshold.`]),
    ...(invalid === 0 ? [] : [`${invalid} of ${all} cannot be trusted.`]),
  ];
}
