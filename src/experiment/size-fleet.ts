import type { ExperimentResult } from '../result/experiment-result.ts';

/** Room for a lost instance, a peak above the expected one, and growth; what the sizing rule adds to the bare quotient. */
export const HEADROOM = 1.5;

/** What a fleet is sized by. */
export interface FleetFacts {
  /** Connections that the fleet is to hold, > 0. */
  readonly expected: number;
  /** Connections that the whole target was found to hold, > 0; see `ratePerConnection`. */
  readonly connections: number;
  /**
   * Messages a second of one connection, > 0, where a rate was searched: `connections` is then the rate that was found, divided by
   * this. Null where `connections` were held.
   */
  readonly ratePerConnection: number | null;
  /** Connections of each step. */
  readonly held: number;
  /** Instances of the target; null where that is not known: the target counts as one. */
  readonly gateways: number | null;
}

/**
 * How many instances (gateways, with all that is behind them in proportion) an expected number of connections needs:
 *
 *     perInstance = connections ÷ gateways
 *     instances   = ceil(expected ÷ perInstance × HEADROOM)
 */
export function sizeFleet(facts: FleetFacts): NonNullable<ExperimentResult['sizing']> {
  const perInstance = facts.connections / (facts.gateways ?? 1);
  const instances = Math.ceil((facts.expected / perInstance) * HEADROOM - 1e-9);
  return { ...facts, perInstance, headroom: HEADROOM, instances };
}
