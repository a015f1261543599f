import { parsePercentile } from '../percentile.ts';

/**
 * The scenario's thresholds with those given on the command line: one that is given replaces every one of the scenario
 * on the same metric, statistic and window, and is added where there is none.
 */
export function mergeThresholds(ofScenario: readonly string[], given: readonly string[]): readonly string[] {
  const replaced = new Set(given.map(subjectOf));
  return [...ofScenario.filter((expression) => !replaced.has(subjectOf(expression))), ...given];
}

/** Metric, statistic and window: all but operator and value. "p99.9" and "p999" are one statistic. */
function subjectOf(expression: string): string {
  const subject = expression
    .split(/[<>=!]/, 1)[0]!
    .trim()
    .replace(/\s+/g, ' ');
  const window = /\s(?:during|for\s+every)\s.*$/.exec(expression)?.[0].trim().replace(/\s+/g, ' ') ?? '';
  return `${subject.replace(/\.(p[\d.]+)(?=\s|$)/, (_, written) => `.${parsePercentile(written) ?? written}`)} ${window}`;
}
