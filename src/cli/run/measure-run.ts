import { monotonicUs } from '../../clock.ts';
import { assignShards } from '../../fleet/assign-shards.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { PauseSwitch } from '../../fleet/pause-switch.ts';
import type { FleetOutcome } from '../../fleet/run-plan.ts';
import { hasSplitRooms, runPlan } from '../../fleet/run-plan.ts';
import type { ClocksOfRun } from '../../gate/doubt-clocks.ts';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { formatPlural } from '../../quantities.ts';
import type { LiveEvent } from '../../record/live-update.ts';
import type { ConnectionCounts, LedgersSoFar } from '../../record/samples.ts';
import { tellClockErrors } from '../../result/tell-clocks.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { settleUsers } from '../../scenario/users/settle-users.ts';
import type { RunOptions } from '../options/run-options.ts';
import { type EarlyEnd, endEarly } from './end-early.ts';
import { followRun } from './follow-run.ts';
import { judgeLive } from './judge-live.ts';
import type { SecondsKeeper } from './keep-seconds.ts';
import { observeTarget, type TargetObservations } from './observe-target.ts';
import { prepareFaults } from './prepare-faults.ts';
import type { RunView } from './run-view.ts';

export interface MeasuredRun extends TargetObservations, EarlyEnd {
  readonly outcome: FleetOutcome;
  /** When the run was told to end before its time, µs since its start, negative before it; null where it was not. */
  readonly stoppedAtUs: number | null;
  /** What happened besides, on the run's clock. */
  readonly timeline: readonly LiveEvent[];
}

/**
 * Drives the target and samples its queues on the same clock. A part of the target that dies, or a threshold that says so, ends
 * the run early.
 */
export async function measureRun(
  scenario: Scenario,
  shards: readonly Shard[],
  target: RunningTarget,
  { precise, traces, otlp }: Pick<RunOptions, 'precise' | 'traces' | 'otlp'>,
  signal: AbortSignal,
  view: RunView,
  pause: PauseSwitch,
  seconds: SecondsKeeper,
  fleet?: Fleet,
): Promise<MeasuredRun> {
  const users = settleUsers(scenario)?.users ?? null;
  const observer = await observeTarget(target, scenario);
  const faults = await prepareFaults(scenario, target).catch(async (error: unknown) => {
    await observer.stop();
    throw error;
  });
  const clocks = () => clocksNow(shards, fleet);
  const end = endEarly(scenario, target, signal, view, clocks);
  const follower = followRun({
    shards: shards.length,
    clients: scenario.population.clients,
    phases: scenario.phases,
    loop: scenario.load.loop,
    judge: judgeLive(scenario, clocks),
    queue: observer.latestQueue,
    observed: observer.latestObserved,
    show: view.show,
    onSecond(interval, queueDepth) {
      seconds.add(interval, queueDepth, [...ledgers.values()]);
      const unsendable = [...ledgers.values()].reduce((sum, { measure }) => sum + measure.unsendable, 0);
      end.observe(interval, queueDepth, unsendable);
    },
  });
  const ledgers = new Map<number, LedgersSoFar>();
  let connections: readonly ConnectionCounts[] = [];
  let startUs = Number.POSITIVE_INFINITY;
  let stopUs: number | null = null;
  end.signal.addEventListener('abort', () => (stopUs = monotonicUs()), { once: true });
  const releasePause = pause.onChange((isPaused) => follower.setPaused(isPaused));
  view.note(`connecting ${formatPlural(scenario.population.clients, 'client')}`);
  try {
    const outcome = await runPlan(
      assignShards(
        shards,
        scenario,
        faults.endpoints,
        target.hosts ?? PRIVATE_ONLY,
        precise,
        users,
        traces,
        // Whoever looks for one of them in the collector finds it in what recipients got, too.
        otlp !== undefined && traces > 0,
      ),
      {
        onSpawned: (pids) => {
          for (const [index, pid] of pids.entries()) observer.addProcess({ name: `generator-${index + 1}`, pid });
        },
        onConnecting: follower.connecting,
        onConnected(outcomes) {
          connections = outcomes;
          end.noteConnected(outcomes.reduce((sum, { opened }) => sum + opened, 0));
          follower.connect(outcomes);
        },
        onStart(startAtUs) {
          startUs = startAtUs;
          seconds.begin(connections);
          follower.start(startAtUs);
          faults.begin(startAtUs, follower.note);
          observer.begin(startAtUs);
        },
        onInterval(shard, interval, snapshot) {
          ledgers.set(shard, snapshot.ledgers);
          follower.add(shard, interval, snapshot);
        },
        onOver: follower.leave,
      },
      end.signal,
      pause,
      fleet,
    );
    const stoppedAtUs = stopUs === null ? null : stopUs - startUs;
    return { outcome, ...(await observer.stop()), ...end.reasons(), stoppedAtUs, timeline: follower.events() };
  } finally {
    releasePause();
    await observer.stop();
    await faults.end();
    await seconds.close();
  }
}

/** What is known by now of the clocks that times of this run begin and end by; nothing where it is one. */
function clocksNow(shards: readonly Shard[], fleet: Fleet | undefined): ClocksOfRun {
  const errors = hasSplitRooms(shards) ? fleet?.clockErrors?.() : undefined;
  return errors === undefined ? {} : tellClockErrors(errors);
}
