import { openSplitExchange } from '../fleet/split-exchange.ts';
import { createHostGuard } from '../generator/hosts/host-guard.ts';
import { runShard } from '../generator/run-shard.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';
import { layOutRooms } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { mergeIntervals, mergeReports, ZERO_REPORT } from '../record/merge-reports.ts';
import { SecondsByDue, type SettledSecond } from '../record/seconds-by-due.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { UnsentMessages } from '../record/split-log.ts';
import { createVirtualWakeUp, VirtualClock } from './virtual-clock.ts';
import { createVirtualRooms, type RoomScript } from './virtual-rooms.ts';

export interface SharedRun extends ShardReport {
  /** Seconds in which something happened. */
  readonly seconds: readonly Omit<SettledSecond, 'inFlight' | 'loopDelay'>[];
}

export interface SharedRunOptions {
  readonly deliveryTimeoutUs?: number;
  /** When a shard is told to end, µs since the start; null: not at all. */
  endsAtUs?(shard: number): number | null;
}

const START_US = 10_000;

/** Runs all shards at once on a virtual clock, against one server, and merges what they report as a run does. */
export async function runSharedRooms(
  shards: readonly Shard[],
  script: RoomScript,
  { deliveryTimeoutUs = 5_000_000, endsAtUs = () => null }: SharedRunOptions = {},
): Promise<SharedRun> {
  const clock = new VirtualClock();
  const { protocol, connector } = createVirtualRooms(clock, layOutRooms(shards[0]!.plan), script);
  const listeners = shards.map((): ((unsent: UnsentMessages) => void) => () => {});
  const exchange = openSplitExchange(shards.length, (unsent) => {
    for (const [index, tell] of listeners.entries()) if (index !== unsent.shard) tell(unsent);
  });
  const intervals: RawInterval[][] = shards.map(() => []);
  const reports = shards.map(async (shard) => {
    const { index } = shard;
    const abort = new AbortController();
    const endUs = endsAtUs(index);
    if (endUs !== null) clock.after(START_US + endUs, () => abort.abort());
    const report = await runShard(shard, {
      protocol,
      connector,
      clock,
      wakeUp: createVirtualWakeUp(clock),
      endpoints: ['ws://virtual'],
      hosts: createHostGuard(PRIVATE_ONLY),
      spread: 'round-robin',
      reconnect: null,
      rateLimit: null,
      fetchText: async () => null,
      requestHttp: async () => ({ outcome: 'refused', detail: 'no server' }),
      users: null,
      connectTimeoutUs: 1_000_000,
      deliveryTimeoutUs,
      connectConcurrency: 100,
      signal: abort.signal,
      awaitStart: async () => START_US,
      isPaused: () => false,
      onInterval: (interval) => intervals[index]!.push(interval),
      onSplit: (second) => exchange.take(index, second),
      onUnsent(listener) {
        listeners[index] = listener;
      },
    });
    exchange.over(index, report === null);
    return report ?? ZERO_REPORT;
  });
  const all = await clock.runUntil(Promise.all(reports));
  const merged = [...all, exchange.report()].reduce(mergeReports, ZERO_REPORT);
  return { ...merged, seconds: settleSeconds(intervals.reduce(mergeIntervals, [])) };
}

function settleSeconds(intervals: readonly RawInterval[]): SharedRun['seconds'] {
  const byDue = new SecondsByDue();
  for (const interval of intervals) byDue.add(interval);
  return byDue
    .read()
    .map(({ inFlight: _, loopDelay: __, ...second }) => second)
    .filter(({ offered, delivered, due }) => offered + delivered + due.count > 0);
}
