import { assignShards } from '../fleet/assign-shards.ts';
import type { PauseSwitch } from '../fleet/pause-switch.ts';
import type { FleetOutcome } from '../fleet/run-plan.ts';
import { runPlan } from '../fleet/run-plan.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { LiveEvent } from '../record/live-update.ts';
import { openQueueProbe } from '../sampler/open-queue-probe.ts';
import type { QueueSamples, QueueSampling } from '../sampler/sample-queue.ts';
import { sampleQueue } from '../sampler/sample-queue.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunningTarget, TargetFailure } from '../target/running-target.ts';
import { followRun } from './follow-run.ts';
import { judgeLive } from './judge-live.ts';
import type { RunSignals } from './run-signals.ts';
import type { RunView } from './run-view.ts';

export interface MeasuredRun {
  readonly outcome: FleetOutcome;
  readonly queue: QueueSamples | null;
  /** The part of the target that died while it should run. */
  readonly failure: TargetFailure | null;
  /** What happened besides, on the run's clock. */
  readonly timeline: readonly LiveEvent[];
}

/** Drives the target and samples its queues on the same clock. A part of the target that dies ends the run early. */
export async function measureRun(
  scenario: Scenario,
  shards: readonly Shard[],
  target: RunningTarget,
  precise: boolean,
  signals: RunSignals,
  view: RunView,
  pause: PauseSwitch,
): Promise<MeasuredRun> {
  const probe = target.queue === null ? null : await openQueueProbe(target.queue).catch(() => null);
  let sampling: QueueSampling | null = null;
  let failure: TargetFailure | null = null;
  void target.failure.then((reason) => {
    failure = reason;
    signals.abort();
  });
  const follower = followRun({
    shards: shards.length,
    clients: scenario.population.clients,
    phases: scenario.phases,
    judge: judgeLive(scenario),
    queue: () => sampling?.latest() ?? null,
    show: view.show,
  });
  const releasePause = pause.onChange((isPaused) => follower.setPaused(isPaused));
  view.note(`connecting ${scenario.population.clients} clients`);
  try {
    const outcome = await runPlan(
      assignShards(shards, scenario, target.endpoints, precise),
      {
        onConnected: follower.connect,
        onStart(startAtUs) {
          follower.start(startAtUs);
          if (probe !== null) sampling = sampleQueue(probe, startAtUs);
        },
        onInterval: (shard, interval) => follower.add(shard, interval),
      },
      signals.signal,
      pause,
    );
    const queue = (await (sampling as QueueSampling | null)?.stop()) ?? null;
    return { outcome, queue, failure, timeline: follower.events() };
  } finally {
    releasePause();
    await probe?.close();
  }
}
