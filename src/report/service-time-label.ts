import type { RunResult } from '../result/run-result.ts';

/** What stands behind every latency of a closed loop, with a blank before it; empty for an open one. */
export function serviceTimeLabel({ scenario }: Pick<RunResult, 'scenario'>): string {
  return scenario.load.loop === 'closed' ? ' (service time: closed loop)' : '';
}
