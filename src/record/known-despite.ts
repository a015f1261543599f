/** Beyond this share of a time, its error leaves nothing to be said of it. */
const CLOCK_ERROR_RATIO = 0.1;

/** Whether a time says something though the clocks that measured it may be so far apart, µs; below 0: by any. */
export function isKnownDespite(clockErrorUs: number, timeUs: number): boolean {
  return clockErrorUs >= 0 && clockErrorUs <= timeUs * CLOCK_ERROR_RATIO;
}
