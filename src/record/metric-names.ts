/** The times that every run records, each with a histogram of its own; see docs/measurement.md for the formula of each. */
export const METRIC_NAMES = [
  'delivery',
  'service',
  'ack',
  'lateness',
  'connect',
  'connectService',
  'fanoutFirst',
  'fanoutMedian',
  'fanoutLast',
  'reconnect',
  'login',
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/** One value for each of them. */
export function mapMetrics<Value>(yieldValue: (name: MetricName) => Value): Readonly<Record<MetricName, Value>> {
  return Object.fromEntries(METRIC_NAMES.map((name) => [name, yieldValue(name)])) as Record<MetricName, Value>;
}
