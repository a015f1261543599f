/** Room for a lost instance, a peak above the expected one, and growth; what the sizing rule adds to the bare quotient. */
export const HEADROOM = 1.5;

/**
 * How many instances an expected number of connections (or rate) needs:
 * instances = ceil(expected ÷ perInstance × HEADROOM).
 *
 * @param perInstance what one instance was measured to sustain, > 0
 */
export function countInstances(expected: number, perInstance: number): number {
  return Math.ceil((expected / perInstance) * HEADROOM - 1e-9);
}
