import type { RunningTarget } from '../../launch/running-target.ts';
import { countRoomsLeft } from '../../sampler/count-rooms-left.ts';
import { withForeignShare } from '../../sampler/foreign-share.ts';
import type { HostSamples, ObservedSeries, ProcessSeries, QueueSeries } from '../../sampler/observations.ts';
import {
  type GatewayObservations,
  gatewaysOfObserved,
  openGateways,
} from '../../sampler/observe/gateways-of-observed.ts';
import { openClusterQueue } from '../../sampler/observe/open-cluster-queue.ts';
import { type OpenObservation, openObservations } from '../../sampler/observe/open-observations.ts';
import { queueOfObserved } from '../../sampler/observe/queue-of-observed.ts';
import type { QueueReading } from '../../sampler/observe/queue-reading.ts';
import {
  type LatestValue,
  type ObservationsSampling,
  sampleObservations,
} from '../../sampler/observe/sample-observations.ts';
import { openHttp } from '../../sampler/observe/sources/http.ts';
import { PROC } from '../../sampler/observe/sources/process.ts';
import { listProcTree } from '../../sampler/proc-usage.ts';
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
  readonly gateways: SeenGateways | null;
  /** Null where none could be seen. */
  readonly processes: readonly ProcessSeries[] | null;
  readonly host: HostSamples;
}

interface SeenGateways extends GatewayObservations {
  /** See `countRoomsLeft`. */
  readonly roomsLeft: number | null;
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
  const own = [...(cluster?.observations ?? []), ...openGateways(gatewayStats)];
  const peers = findPeers(target, requests);
  const processWatch = watchProcesses(() => [...target.processes, ...peers], {
    ...PROC,
    listTree: (pid) => listOwn(pid, peers),
  });
  let startAtUs: number | null = null;
  let sampling: ObservationsSampling | null = null;
  let observing: ObservationsSampling | null = null;
  let hostWatch: HostWatch | null = null;

  const end = async (): Promise<TargetObservations> => {
    const hostReadings = hostWatch?.stop() ?? HOST_UNSEEN;
    const [seen, samples, roomsLeft, observed] = await Promise.all([
      processWatch.stop(startAtUs ?? 0),
      endSampling(sampling, own),
      startAtUs === null ? null : countRooms(gatewayStats),
      endSampling(observing, observations),
    ]);
    // Nobody knows the processes of a target that is not of this command's starting.
    const host = withForeignShare(hostReadings, target.processes.length === 0 ? null : seen);
    const hasGateways = startAtUs !== null && gatewayStats.length > 0;
    return {
      queue: queueOfObserved(ownQueue ? observed : samples),
      observed,
      gateways: hasGateways ? { ...gatewaysOfObserved(samples, gatewayStats.length, warmupUs), roomsLeft } : null,
      processes: startAtUs === null ? null : seen,
      host,
    };
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
      sampling = sampleObservations(own, runStartUs);
    },
    stop() {
      ending ??= end();
      return ending;
    },
  };
}

/** What was sampled; of a run that did not begin nothing. */
async function endSampling(
  sampling: ObservationsSampling | null,
  opened: readonly OpenObservation[],
): Promise<readonly ObservedSeries[]> {
  if (sampling !== null) return sampling.stop();
  await Promise.all(opened.map(({ observation }) => observation.close()));
  return [];
}

async function countRooms(gatewayStats: readonly string[]): Promise<number | null> {
  const readers = gatewayStats.map(openHttp);
  return countRoomsLeft(readers).finally(() => Promise.all(readers.map((reader) => reader.close())));
}
