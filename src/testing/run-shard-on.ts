import type { Connector } from '../generator/connection.ts';
import { createHostGuard } from '../generator/hosts/host-guard.ts';
import { runShard } from '../generator/run-shard.ts';
import type { ShardEnvironment } from '../generator/shard-environment.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';
import { buildPlan } from '../plan/build-plan.ts';
import type { RunPlan, Shard } from '../plan/run-plan.ts';
import { echoProtocol } from '../protocol/adapters/echo.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { MetricName } from '../record/metric-names.ts';
import { percentileOf } from '../record/percentile-of.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { buildScenarioFixture } from './plan-fixture.ts';
import { createVirtualWakeUp, type VirtualClock } from './virtual-clock.ts';

export interface VirtualRun extends ShardReport {
  readonly seconds: readonly RawInterval[];
  /** Messages that the plan has; 0 for a closed loop. */
  readonly planned: RunPlan['planned'];
  quantile(metric: MetricName, percentile: number): number;
}

/** Runs a plan, as one shard unless `parts` has one of several, on the virtual clock and with the echo protocol by default. */
export async function runShardOn(
  clock: VirtualClock,
  connector: Connector,
  overrides: Partial<Scenario>,
  {
    shard,
    ...parts
  }: Partial<
    Pick<
      ShardEnvironment,
      | 'protocol'
      | 'groupWires'
      | 'endpoints'
      | 'fetchText'
      | 'requestHttp'
      | 'users'
      | 'isPaused'
      | 'connectConcurrency'
      | 'onConnecting'
      | 'onInterval'
      | 'awaitStart'
      | 'cpuQuotas'
    >
  > & {
    readonly shard?: Pick<Shard, 'index' | 'count'>;
  } = {},
): Promise<VirtualRun> {
  const seconds: RawInterval[] = [];
  const scenario = buildScenarioFixture(overrides);
  const plan = buildPlan(scenario, 'test');
  const report = await clock.runUntil(
    runShard(
      { index: 0, count: 1, ...shard, plan },
      {
        protocol: echoProtocol,
        connector,
        clock,
        wakeUp: createVirtualWakeUp(clock),
        endpoints: ['ws://virtual'],
        hosts: createHostGuard(PRIVATE_ONLY),
        spread: scenario.spread,
        reconnect: scenario.reconnect,
        rateLimit: scenario.target.rateLimit,
        fetchText: async () => null,
        requestHttp: async () => ({ outcome: 'refused', detail: 'no server' }),
        users: null,
        connectTimeoutUs: 1_000_000,
        deliveryTimeoutUs: 5_000_000,
        connectConcurrency: 100,
        signal: new AbortController().signal,
        awaitStart: async () => clock.nowUs(),
        isPaused: () => false,
        onInterval: (interval) => seconds.push(interval),
        ...parts,
      },
    ),
  );
  if (report === null) throw new Error('the shard gave no report');
  return {
    ...report,
    seconds,
    planned: plan.planned,
    quantile: (metric, percentile) => percentileOf(report.histograms[metric], percentile),
  };
}
