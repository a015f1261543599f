import { runPlan } from '../fleet/run-plan.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { mergeReports, ZERO_REPORT } from '../record/merge-reports.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { ReferenceSpec } from '../scenario/protocol-spec.ts';
import type { RateLimitRequest } from '../scenario/scenario.ts';

const SECOND_US = 1_000_000;

/** Runs a plan against a reference cluster, from one process, whose clients do not come back. */
export async function driveTarget(
  endpoints: readonly string[],
  plan: RunPlan,
  protocol: ReferenceSpec,
  rateLimit: RateLimitRequest | null = null,
): Promise<ShardReport> {
  const assignments = splitPlan(plan, 1).map((shard) => ({
    shard,
    protocol,
    endpoints,
    hosts: PRIVATE_ONLY,
    spread: 'round-robin' as const,
    rateLimit,
    reconnect: null,
    sourceAddress: null,
    connectTimeoutUs: 10 * SECOND_US,
    deliveryTimeoutUs: 30 * SECOND_US,
    connectConcurrency: 50,
    precise: false,
  }));
  const { reports } = await runPlan(assignments, { onStart() {}, onInterval() {} }, new AbortController().signal);
  return reports.reduce(mergeReports, ZERO_REPORT);
}
