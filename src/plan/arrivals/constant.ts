import type { Stage } from '../../scenario/scenario.ts';
import type { ArrivalStream } from './arrival-stream.ts';
import { NO_ARRIVAL } from './arrival-stream.ts';
import { integrateRate } from './rate-integral.ts';

/**
 * Evenly paced arrivals: the k-th (k = 0, 1, …) is due when N(t) = k. At a constant rate r that is ceil(10⁶·k / r) µs;
 * on a ramp it is the inverse of the rate's integral. There are ceil(N(end)) of them.
 *
 * Rounding is upwards because a send must never be early; times closer than 1 µs are moved apart to keep them distinct.
 */
export function streamConstantArrivals(stages: readonly Stage[]): ArrivalStream {
  const integral = integrateRate(stages);
  const count = countConstantArrivals(stages);
  let k = 0;
  let previousUs = -1;
  return {
    next() {
      if (k >= count) return NO_ARRIVAL;
      previousUs = Math.max(previousUs + 1, Math.ceil(integral.timeUsOf(k) - ROUNDING));
      k++;
      return previousUs;
    },
  };
}

/** How many arrivals `streamConstantArrivals` yields. */
export function countConstantArrivals(stages: readonly Stage[]): number {
  return Math.max(0, Math.ceil(integrateRate(stages).total - ROUNDING));
}

/** Floating-point dust: 33.3/s over 30 s is 999.0000000000001 arrivals, and 999 are meant. */
const ROUNDING = 1e-6;
