/** A scenario that nothing of a busy machine could fail: 100 messages for each of its seconds. */
export function smallScenario(seconds: number): string {
  return `
name: small
question: Does it run?
rate: 100/s
duration: ${seconds}s
warmup: 0s
clients: 10
lateness-budget: 1m
thresholds: ["lost == 0"]
`;
}
