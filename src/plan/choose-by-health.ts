/** How connects to one endpoint went so far. */
export interface EndpointHealth {
  readonly attempts: number;
  readonly failures: number;
  /** Sum over the connects that succeeded, µs. */
  readonly latencyUs: number;
}

/**
 * 1 − (errorRatio·0.5 + min(avgLatencyMs / 1000, 0.5)): 1 for an endpoint that never failed and answers at once, or was never
 * asked; 0 for one that needs half a second and fails nearly always.
 *
 * errorRatio: failed connects / all; avgLatencyMs: of those that succeeded.
 */
export function scoreHealth({ attempts, failures, latencyUs }: EndpointHealth): number {
  const opened = attempts - failures;
  const errorRatio = attempts === 0 ? 0 : failures / attempts;
  const averageMs = opened === 0 ? 0 : latencyUs / opened / 1000;
  return 1 - (errorRatio * 0.5 + Math.min(averageMs / 1000, 0.5));
}

/**
 * One of the candidates, by chance in proportion to their scores; evenly where all are 0.
 *
 * @param scores by endpoint number
 * @param unit the draw, [0, 1)
 */
export function chooseWeighted(candidates: readonly number[], scores: readonly number[], unit: number): number {
  const sum = candidates.reduce((total, endpoint) => total + scores[endpoint]!, 0);
  if (sum <= 0) return candidates[Math.floor(unit * candidates.length)]!;
  let rest = unit * sum;
  for (const endpoint of candidates) {
    rest -= scores[endpoint]!;
    if (rest < 0) return endpoint;
  }
  return candidates.at(-1)!;
}
