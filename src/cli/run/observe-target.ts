import { monotonicUs } from '../../clock.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { withForeignShare } from '../../sampler/foreign-share.ts';
import type { HostSamples, ObservedSeries, ProcessSeries, QueueSeries } from '../../sampler/observations.ts';
import { openClusterQueue } from '../../sampler/observe/open-cluster-queue.ts';
import { openObservations } from '../../sampler/observe/open-observations.ts';
import { queueOfObserved } from '../../sampler/observe/queue-of-observed.ts';
import type { QueueReading } from '../../sampler/observe/queue-reading.ts';
import {
  type LatestValue,
  type ObservationsSampling,
  sampleObservations,
} from '../../sampler/observe/sample-observations.ts';
import { listProcTree } from '../../sampler/proc-usage.ts';
import { type GatewayObservations, type GatewayWatch, watchGateways } from '../../sampler/watch-gateways.ts';
import { HOST_UNSEEN, type HostWatch, watchHost } from '../../sampler/watch-host.ts';
import { type NamedProcess, watchProcesses } from '../../sampler/watch-processes.ts';
import { RUNS_QUEUE } from '../../scenario/observe.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { findPeers } from './find-peers.ts';
import { resolveObservations } from './resolve-observations.ts';

/** What was seen of the target during a run, on the run's clock. */
export interface TargetObservations {
  readonly queue: QueueSeries | null;
  /** What the scenario asked to be observed beside it. */
  readonly observed: readonly ObservedSeries[];
  /** Null where the gateways cannot be asked. */
  readonly gateways: GatewayObservations | null;
  /** Null where none could be seen. */
  readonly processes: readonly ProcessSeries[] | null;
  readonly host: HostSamples;
}

export interface TargetObserver {
  /** Null before the first reading. */
  latestQueue(): QueueReading | null;
  /** None before the run has begun. */
  latestObserved(): readonly LatestValue[];
  /** A process that is no part of the target, and is watched beside its own. */
  addProcess(process: NamedProcess): void;
  /** The run starts at this time on the monotonic clock: time 0 of all that is sampled. */
  begin(startAtUs: number): void;
  /** To be called when the clients have gone. Nothing was seen of a run that did not begin. Idempotent. */
  stop(): Promise<TargetObservations>;
}

/** A process with its descendants, without those that are components themselves, and without what this one has started. */
function listOwn(pid: number, peers: readonly NamedProcess[]): readonly number[] {
  const others = peers.filter((peer) => peer.pid !== pid);
  if (others.length === 0) return listProcTree(pid);
  return listProcTree(pid, new Set([process.pid, ...others.map((peer) => peer.pid)]));
}

/**
 * Looks at the target's processes from now on, at its queues and gateways from the run's start, and at the machine while the run
 * measures. Probe and observations are opened now: that takes a while, and the samples have to begin with the run.
 *
 * @param scenario gateways' connections are counted at the end of its warm-up; a queue that it observes itself is the run's
 * @throws ChatbenchError `target-unavailable` where something that it wants to be observed does not answer
 */
export async function observeTarget(
  target: RunningTarget,
  scenario: Pick<Scenario, 'phases' | 'observe'>,
): Promise<TargetObserver> {
  const { warmupUs, measureUs } = scenario.phases;
  const { queue, gatewayStats } = target;
  const requests = resolveObservations(scenario, process.env);
  const observations = await openObservations(requests);
  const ownQueue = scenario.observe?.some(({ name }) => name === RUNS_QUEUE) === true;
  const cluster = queue === null || ownQueue ? null : await openClusterQueue(queue, gatewayStats).catch(() => null);
  const peers = findPeers(target, requests);
  const processWatch = watchProcesses(() => [...target.processes, ...peers], {
    list: (pid) => listOwn(pid, peers),
  });
  let startAtUs: number | null = null;
  let sampling: ObservationsSampling | null = null;
  let observing: ObservationsSampling | null = null;
  let gatewayWatch: GatewayWatch | null = null;
  let hostWatch: HostWatch | null = null;

  const end = async (): Promise<TargetObservations> => {
    const seen = processWatch.stop(startAtUs ?? 0);
    // Nobody knows the processes of a target that is not of this command's starting.
    const known = target.processes.length === 0 ? null : seen;
    const host = withForeignShare(hostWatch?.stop() ?? HOST_UNSEEN, known);
    const [samples, gateways, observed] = await Promise.all([
      endSampling(),
      gatewayWatch?.stop() ?? null,
      endObserving(),
    ]);
    const seenQueue = queueOfObserved(ownQueue ? observed : samples);
    return { queue: seenQueue, observed, gateways, processes: startAtUs === null ? null : seen, host };
  };
  const endSampling = async () => {
    if (sampling !== null) return sampling.stop();
    await cluster?.close();
    return [];
  };
  const endObserving = async () => {
    if (observing !== null) return observing.stop();
    await Promise.all(observations.map(({ observation }) => observation.close()));
    return [];
  };
  let ending: Promise<TargetObservations> | null = null;
  return {
    latestQueue: () => (ownQueue ? observing : sampling)?.latestQueue() ?? null,
    latestObserved: () => observing?.latest() ?? [],
    addProcess: processWatch.add,
    begin(runStartUs) {
      startAtUs = runStartUs;
      hostWatch = watchHost(runStartUs, { fromUs: warmupUs, toUs: warmupUs + measureUs });
      observing = sampleObservations(observations, runStartUs);
      if (cluster !== null) sampling = sampleObservations(cluster.observations, runStartUs);
      if (gatewayStats.length > 0)
        gatewayWatch = watchGateways(gatewayStats, warmupUs, () => monotonicUs() - runStartUs);
    },
    stop() {
      ending ??= end();
      return ending;
    },
  };
}
