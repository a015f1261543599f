import { ChatbenchError } from '../errors.ts';
import { mostOf } from '../extremes.ts';
import { TLS_REMEDY } from '../host-rules.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { RawInterval } from '../record/interval-series.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { ClockErrors, Fleet } from './fleet.ts';
import { createLocalFleet } from './local-fleet.ts';
import type { PauseSwitch } from './pause-switch.ts';
import type { ShardHandle } from './shard-handle.ts';
import { isLoss } from './shard-handle.ts';
import type { ShardAssignment, ShardSnapshot } from './shard-messages.ts';
import { openSplitExchange } from './split-exchange.ts';

export interface FleetObserver {
  /** The processes of the shards, in their order; those that could not be started are left out. */
  onSpawned?(pids: readonly number[]): void;
  /** A shard that still connects has opened so many by now; a few times a second. */
  onConnecting?(shard: number, opened: number): void;
  /** All shards have finished connecting: what became of it. */
  onConnected?(connections: readonly ConnectionCounts[]): void;
  /** The run starts at `startAtUs` on the monotonic clock. */
  onStart(startAtUs: number): void;
  /** A second of one shard, about when it has passed. */
  onInterval(shard: number, interval: RawInterval, snapshot: ShardSnapshot): void;
  /** The shard has reported, or is lost: no second of it will follow. */
  onOver?(shard: number): void;
}

export interface FleetOutcome {
  /** One per shard that came through. */
  readonly reports: readonly ShardReport[];
  /** What is known of all shards together only: to be added to their reports. Null where no room is split. */
  readonly together: ShardReport | null;
  /** How far times in split rooms may be off, since clocks of several agents are part of them; null: one clock was. */
  readonly clockErrors: ClockErrors | null;
  /** Any two shards started no further apart, µs; null: all by one clock. */
  readonly startSpreadUs: number | null;
  /** Why shards are missing, one line each. */
  readonly losses: readonly string[];
  /** Run start on the monotonic clock; null where the run was stopped before. */
  readonly startAtUs: number | null;
}

/**
 * Runs all shards and waits for them. The parent only coordinates: one common start, the seconds as they come, and the
 * reports at the end.
 *
 * @param signal aborted: shards stop sending, drain shortly and report what there is
 * @param pause  switched on: shards skip what falls due
 * @param fleet  where they run; this machine by default
 * @throws ChatbenchError `target-unavailable` where not a single connection could be opened, unless the server itself turned clients away;
 *   or where somebody who was to run a shard does not
 */
export async function runPlan(
  assignments: readonly ShardAssignment[],
  observer: FleetObserver,
  signal: AbortSignal,
  pause?: PauseSwitch,
  fleet: Fleet = createLocalFleet(),
): Promise<FleetOutcome> {
  await fleet.prepare?.(assignments);
  const exchange = openSplitExchange(assignments.length, (unsent) => {
    for (const shard of shards) if (shard.index !== unsent.shard) shard.tellUnsent(unsent);
  });
  const shards: readonly ShardHandle[] = assignments.map((assignment) =>
    fleet.startShard(assignment, {
      onSplit: (second) => exchange.take(assignment.shard.index, second),
      onInterval: (interval, snapshot) => observer.onInterval(assignment.shard.index, interval, snapshot),
      onConnecting: (opened) => observer.onConnecting?.(assignment.shard.index, opened),
    }),
  );
  for (const shard of shards) {
    void shard.finished.then((outcome) => {
      exchange.over(shard.index, isLoss(outcome));
      observer.onOver?.(shard.index);
    });
  }
  observer.onSpawned?.(shards.flatMap(({ pid }) => (pid === null ? [] : [pid])));
  const stop = () => stopShards(shards, fleet.stopTimeoutMs ?? STOP_TIMEOUT_MS);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const releasePause = pause?.onChange((isPaused) => {
    for (const shard of shards) shard.pause(isPaused);
  });
  let overdue: NodeJS.Timeout | undefined;
  try {
    const connected = await Promise.all(shards.map((shard) => shard.connected));
    const connections = connected.flatMap((outcome) => (isLoss(outcome) ? [] : [outcome]));
    if (!signal.aborted) requireConnections(connections, assignments);
    observer.onConnected?.(connections);
    const agreedUs = signal.aborted ? null : await fleet.agreeOnStart();
    // It may have been ended while they agreed: then nothing has been sent, and nothing will be.
    const startAtUs = signal.aborted ? null : agreedUs;
    if (startAtUs !== null) {
      observer.onStart(startAtUs);
      for (const shard of shards) shard.start(startAtUs);
      overdue = setTimeout(() => giveUpAll(shards, OVERDUE), longestMs(assignments) + OVERDUE_MS);
    }
    const isSplit = hasSplitRooms(assignments.map(({ shard }) => shard));
    const outcomes = await Promise.all(shards.map((shard) => shard.finished));
    return {
      reports: outcomes.flatMap((outcome) => (isLoss(outcome) ? [] : [outcome])),
      together: isSplit ? exchange.report() : null,
      clockErrors: isSplit ? (fleet.clockErrors?.() ?? null) : null,
      startSpreadUs: startAtUs === null ? null : (fleet.startSpreadUs?.() ?? null),
      losses: outcomes.flatMap((outcome) => (isLoss(outcome) ? [outcome.lost] : [])),
      startAtUs,
    };
  } catch (error) {
    giveUpAll(shards, 'was ended');
    throw error;
  } finally {
    clearTimeout(overdue);
    signal.removeEventListener('abort', stop);
    releasePause?.();
  }
}

/** Whether a time of one shard may begin in another. */
export function hasSplitRooms(shards: readonly Pick<Shard, 'splitAbove'>[]): boolean {
  return shards.some(({ splitAbove }) => splitAbove !== undefined);
}

/** A shard that does not answer a stop within this time is given up. */
const STOP_TIMEOUT_MS = 3_000;

/** A shard that has not reported so long after its time is given up, though it may give signs of life. */
const OVERDUE_MS = 60_000;
const OVERDUE = `had not reported ${OVERDUE_MS / 1000} s after the end of drain, and was ended`;

/** From the start to the end of the longest drain. */
function longestMs(assignments: readonly ShardAssignment[]): number {
  const lengthsUs = assignments.map(({ shard: { plan } }) => {
    const { warmupUs, measureUs, drainTimeoutUs } = plan.phases;
    return warmupUs + measureUs + drainTimeoutUs;
  });
  return mostOf(lengthsUs) / 1000;
}

function giveUpAll(shards: readonly ShardHandle[], reason: string): void {
  for (const shard of shards) shard.giveUp(reason);
}

function stopShards(shards: readonly ShardHandle[], timeoutMs: number): void {
  for (const shard of shards) {
    shard.stop();
    const timer = setTimeout(() => shard.giveUp(`did not stop within ${timeoutMs / 1000} s, and was ended`), timeoutMs);
    void shard.finished.then(() => clearTimeout(timer));
  }
}

/**
 * The server is there, speaks HTTP, and says that it cannot take clients now (RFC 9110, section 15.6; RFC 6585, section 4): its failing, which
 * a run tells as such. Other answers say that it was asked the wrong way.
 */
function isTurningAway(connections: readonly ConnectionCounts[]): boolean {
  return connections.some(({ failures }) =>
    Object.keys(failures).some((reason) => /^refused: HTTP status (429|5\d\d)\b/.test(reason)),
  );
}

function requireConnections(connections: readonly ConnectionCounts[], assignments: readonly ShardAssignment[]): void {
  if (connections.some(({ opened }) => opened > 0) || isTurningAway(connections)) return;
  const reason = connections.flatMap(({ failures }) => Object.keys(failures))[0] ?? 'no answer';
  const endpoints = [...new Set(assignments.flatMap((assignment) => assignment.endpoints))].join(', ');
  throw new ChatbenchError('target-unavailable', `${endpoints}: no connection could be opened: ${reason}`, {
    hint: reason.includes('TLS: ')
      ? TLS_REMEDY
      : 'check that the server is up and speaks the protocol of this scenario',
  });
}
