import { monotonicUs } from '../../clock.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { withForeignShare } from '../../sampler/foreign-share.ts';
import type { HostSamples, ProcessSeries, QueueSeries } from '../../sampler/observations.ts';
import { openQueueProbe } from '../../sampler/open-queue-probe.ts';
import type { QueueReading } from '../../sampler/queue-probe.ts';
import { type QueueSampling, sampleQueue } from '../../sampler/sample-queue.ts';
import { type GatewayObservations, type GatewayWatch, watchGateways } from '../../sampler/watch-gateways.ts';
import { HOST_UNSEEN, type HostWatch, watchHost } from '../../sampler/watch-host.ts';
import { type NamedProcess, watchProcesses } from '../../sampler/watch-processes.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** What was seen of the target during a run, on the run's clock. */
export interface TargetObservations {
  readonly queue: QueueSeries | null;
  /** Null where the gateways cannot be asked. */
  readonly gateways: GatewayObservations | null;
  /** Null where none could be seen. */
  readonly processes: readonly ProcessSeries[] | null;
  readonly host: HostSamples;
}

export interface TargetObserver {
  /** Null before the first reading. */
  latestQueue(): QueueReading | null;
  /** A process that is no part of the target, and is watched beside its own. */
  addProcess(process: NamedProcess): void;
  /** The run starts at this time on the monotonic clock: time 0 of all that is sampled. */
  begin(startAtUs: number): void;
  /** To be called when the clients have gone. Nothing was seen of a run that did not begin. Idempotent. */
  stop(): Promise<TargetObservations>;
}

/**
 * Looks at the target's processes from now on, at its queues and gateways from the run's start, and at the machine while the run
 * measures. The probe is opened now: that takes a while, and the samples have to begin with the run.
 *
 * @param phases gateways' connections are counted at the end of warm-up
 */
export async function observeTarget(
  target: RunningTarget,
  { warmupUs, measureUs }: Scenario['phases'],
): Promise<TargetObserver> {
  const { queue, gatewayStats } = target;
  const probe = queue === null ? null : await openQueueProbe(queue, gatewayStats).catch(() => null);
  const processWatch = watchProcesses(() => target.processes);
  let startAtUs: number | null = null;
  let sampling: QueueSampling | null = null;
  let gatewayWatch: GatewayWatch | null = null;
  let hostWatch: HostWatch | null = null;

  const end = async (): Promise<TargetObservations> => {
    const seen = processWatch.stop(startAtUs ?? 0);
    // Nobody knows the processes of a target that is not of this command's starting.
    const known = target.processes.length === 0 ? null : seen;
    const host = withForeignShare(hostWatch?.stop() ?? HOST_UNSEEN, known);
    const [samples, gateways] = await Promise.all([endSampling(), gatewayWatch?.stop() ?? null]);
    return { queue: samples, gateways, processes: startAtUs === null ? null : seen, host };
  };
  const endSampling = async () => {
    if (sampling !== null) return sampling.stop();
    await probe?.close();
    return null;
  };
  let ending: Promise<TargetObservations> | null = null;
  return {
    latestQueue: () => sampling?.latest() ?? null,
    addProcess: processWatch.add,
    begin(runStartUs) {
      startAtUs = runStartUs;
      hostWatch = watchHost(runStartUs, { fromUs: warmupUs, toUs: warmupUs + measureUs });
      if (probe !== null) sampling = sampleQueue(probe, runStartUs);
      if (gatewayStats.length > 0)
        gatewayWatch = watchGateways(gatewayStats, warmupUs, () => monotonicUs() - runStartUs);
    },
    stop() {
      ending ??= end();
      return ending;
    },
  };
}
