import { randomUnit, STREAM } from '../../random.ts';
import type { Stage } from '../../scenario/scenario.ts';
import type { ArrivalStream } from './arrival-stream.ts';
import { NO_ARRIVAL } from './arrival-stream.ts';
import { integrateRate } from './rate-integral.ts';

/**
 * A Poisson process with the stages' rate as its intensity, by time change: with E₁, E₂, … independent exponentials of
 * mean 1, arrival k is due when N(t) = E₁ + … + E_k (Çinlar, "Introduction to Stochastic Processes", 1975, ch. 4.7).
 * Works for ramps as for constant rates. Times closer than 1 µs are moved apart to keep them distinct.
 */
export function streamPoissonArrivals(stages: readonly Stage[], seed: number, firstDraw = 0): ArrivalStream {
  const integral = integrateRate(stages);
  let draw = firstDraw;
  let mass = 0;
  let previousUs = -1;
  return {
    next() {
      mass -= Math.log(1 - randomUnit(seed, STREAM.arrival, draw));
      draw++;
      if (mass >= integral.total) return NO_ARRIVAL;
      previousUs = Math.max(previousUs + 1, Math.ceil(integral.timeUsOf(mass)));
      return previousUs;
    },
  };
}
