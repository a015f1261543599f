/**
 * The scenario's thresholds with those given on the command line: one that is given replaces every one of the scenario
 * on the same metric and statistic, and is added where there is none.
 */
export function mergeThresholds(ofScenario: readonly string[], given: readonly string[]): readonly string[] {
  const replaced = new Set(given.map(subjectOf));
  return [...ofScenario.filter((expression) => !replaced.has(subjectOf(expression))), ...given];
}

/** Metric and statistic: all before the operator. "p99.9" and "p999" are one statistic. */
function subjectOf(expression: string): string {
  return expression
    .split(/[<>=!]/, 1)[0]!
    .trim()
    .replace(/\.p99\.9$/, '.p999');
}
