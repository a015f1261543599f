import { monotonicUs } from '../clock.ts';
import type { FaultInjection } from '../faults/inject-faults.ts';
import { assignShards } from '../fleet/assign-shards.ts';
import type { PauseSwitch } from '../fleet/pause-switch.ts';
import type { FleetOutcome } from '../fleet/run-plan.ts';
import { runPlan } from '../fleet/run-plan.ts';
import { type Abort, watchForAbort } from '../gate/abort-watch.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { LiveEvent } from '../record/live-update.ts';
import { openQueueProbe } from '../sampler/open-queue-probe.ts';
import type { QueueSamples, QueueSampling } from '../sampler/sample-queue.ts';
import { sampleQueue } from '../sampler/sample-queue.ts';
import { type GatewayObservations, type GatewayWatch, watchGateways } from '../sampler/watch-gateways.ts';
import { HOST_UNSEEN, type HostSamples, type HostWatch, watchHost } from '../sampler/watch-host.ts';
import { type ProcessSeries, watchProcesses } from '../sampler/watch-processes.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunningTarget, TargetFailure } from '../target/running-target.ts';
import { followRun } from './follow-run.ts';

import { judgeLive } from './judge-live.ts';
import { prepareFaults } from './prepare-faults.ts';
import type { RunView } from './run-view.ts';

export interface MeasuredRun {
  readonly outcome: FleetOutcome;
  readonly queue: QueueSamples | null;
  /** Null where the gateways cannot be asked. */
  readonly gateways: GatewayObservations | null;
  /** Null where none could be seen. */
  readonly processes: readonly ProcessSeries[] | null;
  readonly host: HostSamples;
  /** The part of the target that died while it should run. */
  readonly failure: TargetFailure | null;
  /** The threshold that ended the run early. */
  readonly aborted: Abort | null;
  /** What happened besides, on the run's clock. */
  readonly timeline: readonly LiveEvent[];
}

/** Drives the target and samples its queues on the same clock. A part of the target that dies, or a threshold that says so, ends the run early. */
export async function measureRun(
  scenario: Scenario,
  shards: readonly Shard[],
  target: RunningTarget,
  precise: boolean,
  signal: AbortSignal,
  view: RunView,
  pause: PauseSwitch,
): Promise<MeasuredRun> {
  const faults = await prepareFaults(scenario, target);
  const probe =
    target.queue === null ? null : await openQueueProbe(target.queue, target.gatewayStats).catch(() => null);
  let sampling: QueueSampling | null = null;
  let gatewayWatch: GatewayWatch | null = null;
  let hostWatch: HostWatch | null = null;
  let injection: FaultInjection | null = null;
  const ended = new AbortController();
  let failure: TargetFailure | null = null;
  let aborted: Abort | null = null;
  const warmupEndUs = scenario.phases.warmupUs;
  const measureEndUs = warmupEndUs + scenario.phases.measureUs;
  const abortWatch = watchForAbort(scenario.aborts, {
    warmupEndUs,
    measureEndUs,
    stages: scenario.load.stages,
  });
  void target.failure.then((reason) => {
    failure = reason;
    ended.abort();
  });
  const follower = followRun({
    shards: shards.length,
    clients: scenario.population.clients,
    phases: scenario.phases,
    judge: judgeLive(scenario),
    queue: () => sampling?.latest() ?? null,
    show: view.show,
    onSecond(interval, queueDepth) {
      if (aborted !== null || signal.aborted) return;
      aborted = abortWatch.observe(interval, queueDepth);
      if (aborted === null) return;
      view.note(`ending the run: '${aborted.expression}' is at ${aborted.actual}`);
      ended.abort();
    },
  });
  const releasePause = pause.onChange((isPaused) => follower.setPaused(isPaused));
  const processWatch = watchProcesses(target.processes);
  view.note(`connecting ${scenario.population.clients} clients`);
  try {
    const outcome = await runPlan(
      assignShards(shards, scenario, faults.endpoints, precise),
      {
        onSpawned: (pids) => {
          for (const [index, pid] of pids.entries()) processWatch.add({ name: `generator-${index + 1}`, pid });
        },
        onConnected: follower.connect,
        onStart(startAtUs) {
          follower.start(startAtUs);
          injection = faults.begin(startAtUs, follower.note);
          hostWatch = watchHost(startAtUs, { fromUs: warmupEndUs, toUs: measureEndUs });
          if (target.gatewayStats.length > 0) {
            gatewayWatch = watchGateways(
              target.gatewayStats,
              scenario.phases.warmupUs,
              () => monotonicUs() - startAtUs,
            );
          }
          if (probe !== null) sampling = sampleQueue(probe, startAtUs);
        },
        onInterval: (shard, interval) => follower.add(shard, interval),
      },
      AbortSignal.any([signal, ended.signal]),
      pause,
    );
    const queue = (await (sampling as QueueSampling | null)?.stop()) ?? null;
    const gateways = (await (gatewayWatch as GatewayWatch | null)?.stop()) ?? null;
    const processes = outcome.startAtUs === null ? null : processWatch.stop(outcome.startAtUs);
    const host = (hostWatch as HostWatch | null)?.stop() ?? HOST_UNSEEN;
    return { outcome, queue, gateways, processes, host, failure, aborted, timeline: follower.events() };
  } finally {
    releasePause();
    processWatch.stop(0);
    (hostWatch as HostWatch | null)?.stop();
    await (injection as FaultInjection | null)?.stop();
    faults.close();
    await (gatewayWatch as GatewayWatch | null)?.stop();
    await probe?.close();
  }
}
