import type { Load, Stage } from '../../scenario/scenario.ts';
import type { RunPlan } from '../run-plan.ts';
import type { ArrivalStream } from './arrival-stream.ts';
import { NO_ARRIVAL } from './arrival-stream.ts';
import { countConstantArrivals, streamConstantArrivals } from './constant.ts';
import { streamPoissonArrivals } from './poisson.ts';

/** Draws of the measure phase start here, far beyond those of any warm-up, so that both phases stay independent. */
const MEASURE_DRAWS = 2 ** 40;

/** Arrivals of warm-up, µs since warm-up's start: the first stage's initial rate, held. */
export function streamWarmupArrivals(plan: Pick<RunPlan, 'load' | 'phases' | 'seed'>): ArrivalStream {
  return streamArrivals(plan.load, warmupStages(plan), plan.seed, 0);
}

/** Arrivals of the measure phase, µs since its start. */
export function streamMeasureArrivals(plan: Pick<RunPlan, 'load' | 'seed'>): ArrivalStream {
  return streamArrivals(plan.load, plan.load.stages, plan.seed, MEASURE_DRAWS);
}

/**
 * Arrivals of something else than messages, at one rate through warm-up and measure, µs since run start; gaps as the load's are.
 *
 * @param firstDraw of a Poisson process; what is to be independent begins far apart
 */
export function streamTrafficArrivals(
  { load, phases, seed }: Pick<RunPlan, 'load' | 'phases' | 'seed'>,
  perSecond: number,
  firstDraw: number,
): ArrivalStream {
  const durationUs = phases.warmupUs + phases.measureUs;
  return streamArrivals(load, [{ fromPerSecond: perSecond, toPerSecond: perSecond, durationUs }], seed, firstDraw);
}

/** How many messages each phase plans. In closed form where there is one; a Poisson process must be walked. */
export function countArrivals(plan: Pick<RunPlan, 'load' | 'phases' | 'seed'>): { warmup: number; measure: number } {
  if (plan.load.process === 'constant') {
    return { warmup: countConstantArrivals(warmupStages(plan)), measure: countConstantArrivals(plan.load.stages) };
  }
  return { warmup: walk(streamWarmupArrivals(plan)), measure: walk(streamMeasureArrivals(plan)) };
}

function streamArrivals(load: Load, stages: readonly Stage[], seed: number, firstDraw: number): ArrivalStream {
  return load.process === 'constant' ? streamConstantArrivals(stages) : streamPoissonArrivals(stages, seed, firstDraw);
}

function warmupStages(plan: Pick<RunPlan, 'load' | 'phases'>): readonly Stage[] {
  const rate = plan.load.stages[0]?.fromPerSecond ?? 0;
  return [{ fromPerSecond: rate, toPerSecond: rate, durationUs: plan.phases.warmupUs }];
}

function walk(stream: ArrivalStream): number {
  let count = 0;
  while (stream.next() !== NO_ARRIVAL) count++;
  return count;
}
