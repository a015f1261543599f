import { readCpuLimits } from '../../cpu-limits.ts';
import { ChatbenchError } from '../../errors.ts';
import type { PauseSwitch } from '../../fleet/pause-switch.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunningTarget, TargetFailure } from '../../launch/running-target.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import type { RunPlan, Shard } from '../../plan/run-plan.ts';
import { chooseShardCount, type ShardCapacity, splitPlan } from '../../plan/split-plan.ts';
import { formatDuration } from '../../quantities.ts';
import { encodeSamples } from '../../record/encode-samples.ts';
import { mergeReports, ZERO_REPORT } from '../../record/merge-reports.ts';
import { buildResult, draftResult } from '../../result/build-result.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { settleUsers } from '../../scenario/users/settle-users.ts';
import { readVersion } from '../../version.ts';
import type { AgentPool } from '../agents/agent-pool.ts';
import { readCommandLine } from '../command-line.ts';
import type { RunOptions } from '../options/run-options.ts';
import { hintAtProtocol } from './hint-at-protocol.ts';
import { judgeRun } from './judge-run.ts';
import { type KeptResult, keepResult } from './keep-result.ts';
import { keepSeconds } from './keep-seconds.ts';
import { measureRun } from './measure-run.ts';
import { pushTraces } from './push-traces.ts';
import { connectionsPerProcess } from './require-open-files.ts';
import type { RunDirectory } from './run-directory.ts';
import type { RunSignals } from './run-signals.ts';
import type { RunView } from './run-view.ts';
import { describeFailure, NOTHING_MEASURED, targetFailed } from './target-failed.ts';

/**
 * One run of a scenario on an open target: from the scenario to the result on the disk, and its verdict. Null where it was interrupted before the first
 * message.
 *
 * @throws ChatbenchError `target-failed` where the target died before the first message
 */
export async function runTrial(scenario: Scenario, name: RunDirectory, context: TrialContext): Promise<Trial | null> {
  const { target, options, signals, view, pause } = context;
  const startedAt = new Date();
  const plan = buildPlan(scenario, name.runId, settleUsers(scenario)?.seats);
  const admitted = await context.agents?.admit(scenario, plan, target.endpoints, signals.signal);
  if (admitted === null) return null;
  const shards = admitted?.shards ?? splitHere(plan);
  const known = {
    id: name.id,
    startedAt,
    command: readCommandLine(),
    version: readVersion(),
    scenario,
    target: { ...target.description, components: [...target.description.components] },
    schedule: plan.load.loop === 'open' ? plan.planned : null,
    shardsPlanned: shards.length,
    withArticle: options.asInTheArticle,
  };
  const seconds = keepSeconds(
    name.path,
    (connections) => draftResult(known, connections),
    (reason) => view.note(`warning: ${reason}`),
  );
  const signal = admitted === undefined ? signals.signal : AbortSignal.any([signals.signal, admitted.lost]);
  const measured = await measureRun(scenario, shards, target, options, signal, view, pause, seconds, admitted?.fleet)
    .catch((error: unknown) => {
      throw hintAtProtocol(error, scenario, options.protocol);
    })
    .finally(() => admitted?.close());
  const { outcome, queue, observed, gateways, processes, host, failure, aborted, stoppedAtUs, timeline } = measured;
  if (outcome.startAtUs === null) {
    if (failure !== null && !signals.signal.aborted) throw targetFailed(failure, NOTHING_MEASURED);
    const lostAgent = admitted?.lossReason() ?? null;
    if (lostAgent !== null && !signals.signal.aborted) throw agentLost(lostAgent);
    return null;
  }

  if (outcome.startSpreadUs !== null && Number.isFinite(outcome.startSpreadUs)) {
    view.note(`the agents started within ${formatDuration(outcome.startSpreadUs)} of each other`);
  }
  const report = [...outcome.reports, outcome.together ?? ZERO_REPORT].reduce(mergeReports, ZERO_REPORT);
  if (options.asInTheArticle && report.posts === null) {
    view.note('--as-in-the-article times sends over HTTP, and these went by WebSocket: use send: http, or --send http');
  }
  const { intervals, every, total } = seconds.kept();
  const measuredOnce = buildResult({
    ...known,
    samples: encodeSamples(report, intervals),
    seconds: every === 1 ? null : { every, total, deliveredPerSecond: null, figures: [] },
    queue,
    observed,
    gatewayConnections: gateways?.connections ?? null,
    gatewayRoomsLeft: gateways?.roomsLeft ?? null,
    gatewaySeries: gateways?.series ?? null,
    processes,
    host,
    shardsReported: outcome.reports.length,
    clockErrors: outcome.clockErrors,
    startSpreadUs: outcome.startSpreadUs,
    losses: failure === null ? outcome.losses : [...outcome.losses, describeFailure(failure)],
    interruptedBy: signals.interruptedBy(),
    aborted,
    stoppedAtUs,
    drainEndUs: report.drainEndUs,
    timeline: [...(gateways?.events ?? []), ...timeline].sort((one, other) => one.atUs - other.atUs),
  });
  // Before anything is made of it: whatever judging or showing it may come to, what was measured is on the disk.
  let kept = await keepResult(name.path, measuredOnce);
  let result = measuredOnce;
  if (every > 1) {
    result = { ...measuredOnce, seconds: seconds.measureAll(measuredOnce) };
    kept = await keepResult(name.path, result);
  }
  await pushTraces(result, options, view);
  return { result, verdict: judgeRun(result), failure, ...kept };
}

export interface Trial extends KeptResult {
  readonly result: RunResult;
  readonly verdict: Verdict;
  /** The part of the target that died while it should run. */
  readonly failure: TargetFailure | null;
}

/** What the trials of one command share. */
export interface TrialContext {
  readonly target: RunningTarget;
  readonly options: RunOptions;
  readonly signals: RunSignals;
  readonly view: RunView;
  readonly pause: PauseSwitch;
  /** Where the load comes from; absent or null: this machine. */
  readonly agents?: AgentPool | null;
}

function agentLost(reason: string): ChatbenchError {
  return new ChatbenchError('target-unavailable', `${reason}, and nothing had been measured`, {
    hint: 'look after that agent, and run again',
  });
}

/** The shards of a run whose load comes from this machine. */
function splitHere(plan: RunPlan): readonly Shard[] {
  const capacity = shardCapacity();
  return splitPlan(plan, chooseShardCount(plan, capacity, readCpuLimits().cores), capacity.clients);
}

/**
 * What one generator process can hold: about half of what it does on a quiet core, and room below its open files.
 *
 * @param connections that it may have open; null: not known, or not of this machine
 */
export function shardCapacity(connections: number | null = connectionsPerProcess()): ShardCapacity {
  return { clients: Math.min(15_000, connections ?? Number.POSITIVE_INFINITY), eventsPerSecond: 400_000 };
}
