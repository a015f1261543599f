import type { Connector } from '../generator/connection.ts';
import { runShard } from '../generator/run-shard.ts';
import { echoProtocol } from '../protocol/adapters/echo.ts';
import { toHdr } from '../record/hdr-codec.ts';
import { Histogram } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { MetricName } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { buildPlanFixture } from './plan-fixture.ts';
import { createVirtualWakeUp, type VirtualClock } from './virtual-clock.ts';

export interface VirtualRun extends ShardReport {
  readonly seconds: readonly RawInterval[];
  quantile(metric: MetricName, percentile: number): number;
}

/** Runs a whole plan as one shard on the virtual clock, with the echo protocol. */
export async function runShardOn(
  clock: VirtualClock,
  connector: Connector,
  overrides: Partial<Scenario>,
  isPaused: () => boolean = () => false,
): Promise<VirtualRun> {
  const seconds: RawInterval[] = [];
  const plan = buildPlanFixture(overrides);
  const report = await clock.runUntil(
    runShard(
      { index: 0, count: 1, plan },
      {
        protocol: echoProtocol,
        connector,
        clock,
        wakeUp: createVirtualWakeUp(clock),
        endpointOf: () => 'ws://virtual',
        endpoints: 1,
        connectTimeoutUs: 1_000_000,
        deliveryTimeoutUs: 5_000_000,
        connectConcurrency: 100,
        signal: new AbortController().signal,
        awaitStart: async () => clock.nowUs(),
        isPaused,
        onInterval: (interval) => seconds.push(interval),
      },
    ),
  );
  if (report === null) throw new Error('the shard gave no report');
  return {
    ...report,
    seconds,
    quantile(metric, percentile) {
      const histogram = new Histogram();
      histogram.add(report.histograms[metric]);
      return toHdr(histogram).getValueAtPercentile(percentile);
    },
  };
}
