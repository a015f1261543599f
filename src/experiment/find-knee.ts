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
 * little waiting, above it more waiting than it yields. It has to lie between points that were tried, with less power each: at
 * either end of them, the knee may as well be beyond.
 *
 * @param points by rising load
 * @returns the index of the point; null where no point between two others has the highest power
 */
export function findKnee(points: readonly CurvePoint[]): number | null {
  const powers = points.map(({ throughput, latencyUs }) => (latencyUs > 0 ? throughput / latencyUs : 0));
  const highest = powers.reduce((most, power) => Math.max(most, power), 0);
  const knee = powers.indexOf(highest);
  const hasPower = highest > 0 && Number.isFinite(highest);
  return hasPower && knee > 0 && knee < points.length - 1 ? knee : null;
}
