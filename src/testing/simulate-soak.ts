import { setImmediate as turn } from 'node:timers/promises';
import { followRun } from '../cli/run/follow-run.ts';
import { judgeLive } from '../cli/run/judge-live.ts';
import { keepSeconds } from '../cli/run/keep-seconds.ts';
import { zeroConnections } from '../record/connection-counts.ts';
import type { DuePart } from '../record/due-part.ts';
import { zeroCounts } from '../record/ledger-counts.ts';
import type { LedgerCounts } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';
import { runResult } from '../result/run-result.ts';
import { buildResultFixture } from './result-fixture.ts';
import { duePart, secondFixture } from './second-fixture.ts';

const SHARDS = 4;
/** Deliveries of a second of one shard that arrive in it; one more arrives in the next. */
const PER_SHARD = 30;

/** Latencies of 1 to 40 ms that come round every 50 seconds. */
const DRAWN = Array.from({ length: 50 }, (_, index) =>
  duePart(
    0,
    Array.from({ length: PER_SHARD }, (_, message) => 1_000 + ((index * 7919 + message * 1777) % 39_000)),
  ),
);

/** The last of each second's messages arrives in the next, but for one of an hour, which never does. */
function dueIn(second: number, isLast: boolean): readonly DuePart[] {
  const late = second % 3600 === 1 || second === 0 ? [] : [{ ...LATE, second: second - 1, awaited: -1 }];
  return isLast ? late : [...late, { ...DRAWN[second % DRAWN.length]!, second, awaited: 1 }];
}
const LATE = duePart(0, [450_000]);

/** The audit at the end of a second; a loss is overdue five seconds after it was due. */
function countsAt(second: number, once: number): LedgerCounts {
  const sent = SHARDS * (PER_SHARD + 1) * (second + 1);
  const lost = SHARDS * Math.max(0, Math.ceil((second - 5) / 3600));
  return { ...zeroCounts(), planned: sent, sent, acked: once, expected: sent, once, lost };
}

const KILLED = { status: 'partial', reason: 'its process was killed' } as const;

/** What came of it. */
export interface SimulatedRun {
  readonly result: RunResult;
  readonly delivered: number;
  readonly lost: number;
  readonly warnings: readonly string[];
}

/**
 * The parent's part in a run of four shards and so many seconds, in no time: seconds are put together, judged live where `isWatched`,
 * kept in the directory, and made into a result.
 */
export async function simulateSoak(
  directory: string,
  seconds: number,
  { isWatched = false, onSecond = (_second: number) => {} } = {},
): Promise<SimulatedRun> {
  const base = buildResultFixture();
  const thresholds = ['delivery.p95 < 50ms for every 1m', 'delivery.max < 400ms during measure', 'lost == 0'];
  const phases = { warmupUs: 0, measureUs: seconds * 1_000_000, drainTimeoutUs: 1_000_000 };
  const scenario = { ...base.scenario, thresholds, phases };
  const ends = { warmupEndUs: 0, measureEndUs: phases.measureUs, drainEndUs: phases.measureUs };
  const unseen = { queue: null, processes: null, gatewaySeries: null };
  const draft: RunResult = { ...base, ...unseen, scenario, phases: ends, completeness: KILLED };
  const warnings: string[] = [];
  let once = 0;
  const keeper = keepSeconds(
    directory,
    () => draft,
    (reason) => warnings.push(reason),
  );
  keeper.begin([]);
  const follower = followRun({
    shards: SHARDS,
    clients: 10,
    phases,
    loop: 'open',
    queue: () => null,
    judge: isWatched ? judgeLive({ thresholds, phases, load: scenario.load, timeouts: scenario.timeouts }) : () => [],
    show() {},
    onSecond(interval, depth) {
      once += interval.delivered;
      keeper.add(interval, depth, [{ warmup: zeroCounts(), measure: countsAt(interval.second, once) }]);
    },
  });
  follower.connect([{ ...zeroConnections(), attempted: 10, opened: 10 }]);
  const snapshot = { ledgers: { warmup: zeroCounts(), measure: zeroCounts() }, cpuRatio: 0.1 };
  for (let second = 0; second <= seconds; second++) {
    const interval = secondFixture(second, dueIn(second, second === seconds));
    for (let shard = 0; shard < SHARDS; shard++) follower.add(shard, interval, snapshot);
    // The disk has its turn.
    if (second % 100 === 0) await turn();
    onSecond(second);
  }
  await keeper.close();
  const { intervals, every, total } = keeper.kept();
  const lost = SHARDS * Math.ceil(seconds / 3600);
  const delivered = SHARDS * seconds * (PER_SHARD + 1) - lost;
  const ledger = { ...base.samples.ledger, expected: delivered + lost, once: delivered, lost };
  const kept: RunResult = {
    ...draft,
    completeness: base.completeness,
    samples: { ...base.samples, intervals, ledger },
    seconds: every === 1 ? null : { every, total, deliveredPerSecond: null, figures: [] },
  };
  const result = runResult.parse({ ...kept, seconds: keeper.measureAll(kept) });
  return { result, delivered, lost, warnings };
}
