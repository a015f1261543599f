import { monotonicUs } from '../clock.ts';
import { openQueueProbe } from '../sampler/open-queue-probe.ts';
import type { QueueReading } from '../sampler/queue-probe.ts';
import { type QueueSamples, type QueueSampling, sampleQueue } from '../sampler/sample-queue.ts';
import { type GatewayObservations, type GatewayWatch, watchGateways } from '../sampler/watch-gateways.ts';
import { type NamedProcess, type ProcessSeries, watchProcesses } from '../sampler/watch-processes.ts';
import type { RunningTarget } from '../target/running-target.ts';

/** What was seen of the target during a run, on the run's clock. */
export interface TargetObservations {
  readonly queue: QueueSamples | null;
  /** Null where the gateways cannot be asked. */
  readonly gateways: GatewayObservations | null;
  /** Null where none could be seen. */
  readonly processes: readonly ProcessSeries[] | null;
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
 * Looks at the target's processes from now on, and at its queues and gateways from the run's start. The probe is opened now: that takes
 * a while, and the samples have to begin with the run.
 *
 * @param warmupUs length of warm-up: gateways' connections are counted at its end
 */
export async function observeTarget(target: RunningTarget, warmupUs: number): Promise<TargetObserver> {
  const { queue, gatewayStats } = target;
  const probe = queue === null ? null : await openQueueProbe(queue, gatewayStats).catch(() => null);
  const processWatch = watchProcesses(() => target.processes);
  let startAtUs: number | null = null;
  let sampling: QueueSampling | null = null;
  let gatewayWatch: GatewayWatch | null = null;

  const end = async (): Promise<TargetObservations> => {
    const seen = processWatch.stop(startAtUs ?? 0);
    const [samples, gateways] = await Promise.all([endSampling(), gatewayWatch?.stop() ?? null]);
    return { queue: samples, gateways, processes: startAtUs === null ? null : seen };
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
