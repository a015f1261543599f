/** A point of a throughput–latency curve. */
export interface CurvePoint {
  /** Deliveries per second, > 0. */
  readonly throughput: number;
  /** µs, > 0; Infinity where deliveries were lost. */
  readonly latencyUs: number;
}

/**
 * The knee of a throughput–latency curve: the point of the highest power, throughput ÷ latency (L. Kleinrock, "Power and
 * deterministic rules of thumb for probabilistic problems in computer communications", ICC 1979). Below it more load costs
 * little waiting, above it more waiting than it yields.
 *
 * @returns the index of the point; null without points
 */
export function findKnee(points: readonly CurvePoint[]): number | null {
  let best: number | null = null;
  let bestPower = -1;
  for (const [index, { throughput, latencyUs }] of points.entries()) {
    const power = throughput / latencyUs;
    if (power <= bestPower) continue;
    best = index;
    bestPower = power;
  }
  return best;
}
