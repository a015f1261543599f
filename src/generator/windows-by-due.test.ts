import { expect, it } from 'vitest';
import { knownOf } from '../gate/known-run.ts';
import { readSubjectOfTarget } from '../gate/subject.ts';
import { measureThreshold, outcomeOf, parseThreshold } from '../gate/threshold.ts';
import { encodeSamples } from '../record/encode-samples.ts';
import { Histogram } from '../record/histogram.ts';
import { holdRate, loadFixture } from '../testing/plan-fixture.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { runShardOn } from '../testing/run-shard-on.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createVirtualEcho } from '../testing/virtual-server.ts';

const SECOND = 1_000_000;
const STAGES = [
  { ...holdRate(200, 5), name: 'peak' },
  { ...holdRate(50, 5), name: 'recovery' },
];

/** Runs both stages against a server that answers at these times, after so much of warm-up; yields what thresholds come to. */
async function run(
  answerAtUs: (atUs: number) => number | null,
  warmupUs = 0,
  disturb: (clock: VirtualClock) => void = () => {},
) {
  const clock = new VirtualClock();
  disturb(clock);
  const report = await runShardOn(clock, createVirtualEcho(clock, answerAtUs), {
    load: loadFixture(STAGES),
    phases: { warmupUs, measureUs: 10 * SECOND, drainTimeoutUs: 4 * SECOND },
  });
  const base = buildResultFixture();
  const result = {
    ...base,
    scenario: { ...base.scenario, load: { ...base.scenario.load, stages: STAGES } },
    phases: { warmupEndUs: warmupUs, measureEndUs: warmupUs + 10 * SECOND, drainEndUs: report.drainEndUs },
    samples: encodeSamples({ ...report, intervals: report.seconds }),
  };
  const judge = (expression: string) => {
    const parsed = parseThreshold(expression, ['peak', 'recovery']);
    if (!parsed.ok) throw new Error(parsed.problem);
    const { ok, actual } = outcomeOf(parsed.threshold, measureThreshold(parsed.threshold, knownOf(result)));
    return `${ok ? 'ok' : 'not ok'}, ${actual}`;
  };
  const judgeTarget = (expression: string) => {
    const parsed = parseThreshold(expression, ['peak', 'recovery']);
    if (!parsed.ok) throw new Error(parsed.problem);
    return outcomeOf(parsed.threshold, measureThreshold(parsed.threshold, knownOf(result), readSubjectOfTarget)).ok;
  };
  return { report, result, judge, judgeTarget };
}

it('a server that stands still over the end of a stage fails in the stage in which its messages were due', async () => {
  const { judge } = await run((atUs) => (atUs >= 3 * SECOND && atUs < 5.5 * SECOND ? 5.5 * SECOND : atUs + 2000));
  // Ten of the peak's 1,000 messages wait longer than the one that was due at 3.05 s.
  expect(judge('delivery.p99 < 300ms during peak')).toBe('not ok, 2,451 ms');
  expect(judge('delivery.max < 300ms during peak')).toBe('not ok, 2,501 ms');
  expect(judge('delivery.p50 < 3ms during peak')).toBe('ok, 2 ms');
  expect(judge('delivery.max < 501ms during recovery')).toBe('ok, 500 ms');
  expect(judge('delivery.p99 < 300ms for every 1s')).toBe('not ok, 2,490 ms in 3 s–4 s');
  expect(judge('delivery.p99 < 300ms for every 2s during recovery')).toBe('not ok, 480 ms in 5 s–7 s');
});

it('what a server still owes when measure ends counts where it was due, and no stage before it answers for that', async () => {
  const { judge } = await run((atUs) => (atUs >= 8 * SECOND ? Math.max(atUs, 13 * SECOND) : atUs + 2000));
  expect(judge('delivery.max < 1s during recovery')).toBe('not ok, 5,001 ms');
  expect(judge('delivery.p50 < 3ms during recovery')).toBe('ok, 2 ms');
  expect(judge('delivery.max < 3ms during peak')).toBe('ok, 2 ms');
  expect(judge('delivery.p50 < 1s for every 2s')).toBe('not ok, 4,002 ms in 8 s–10 s');
});

it('a message that never arrives is lost in its own window, and in no other', async () => {
  const { judge, result } = await run((atUs) => (atUs >= 6 * SECOND && atUs < 7 * SECOND ? null : atUs + 2000));
  expect(result.samples.intervals.map(({ lost }) => lost).filter((lost) => lost > 0)).toEqual([50]);
  expect(judge('delivery.max < 3ms during peak')).toBe('ok, 2 ms');
  expect(judge('delivery.max < 3ms during recovery')).toBe('not ok, ∞');
  // 50 of 250: a fifth.
  expect(judge('delivery.p50 < 3ms during recovery')).toBe('ok, 2 ms');
  expect(judge('delivery.p50 < 3ms for every 1s')).toBe('not ok, ∞ in 6 s–7 s');
});

it.each([0, 1.5 * SECOND])(
  'the windows of a partition of measure are together the run, after %s µs of warm-up',
  async (warmupUs) => {
    const { report, result } = await run((atUs) => {
      if (Math.floor(atUs / 7000) % 50 === 3) return null;
      return atUs % (3 * SECOND) < 1.7 * SECOND ? atUs - (atUs % (3 * SECOND)) + 1.7 * SECOND : atUs + 3_000;
    }, warmupUs);
    const { seconds } = knownOf(result);
    const together = new Histogram();
    for (const { due } of seconds) together.add(due);
    const recorded = report.histograms.delivery;
    expect(together.snapshot().pairs).toEqual(recorded.pairs);
    expect(together.count).toBe(report.ledger.once);
    expect(seconds.reduce((sum, { lost }) => sum + lost, 0)).toBe(report.ledger.lost);
    expect(report.ledger.lost).toBeGreaterThan(10);
    const parsed = parseThreshold('delivery.p90 < 1s during measure');
    const whole = parseThreshold('delivery.p90 < 1s');
    if (!parsed.ok || !whole.ok) throw new Error('neither is wrong');
    expect(measureThreshold(parsed.threshold, knownOf(result))).toEqual(
      measureThreshold(whole.threshold, knownOf(result)),
    );
  },
);

it('what a generator reads late in the stage after it is no fault of the target, and a standstill of the target is', async () => {
  const stopped = await run(
    (atUs) => atUs + 300_000,
    0,
    (clock) => void clock.after(5.1 * SECOND, () => clock.block(600_000)),
  );
  // Due from 4.8 s on, answered from 5.1 s on, and read at 5.7 s.
  expect(stopped.judge('delivery.max < 400ms during peak')).toBe('not ok, 900 ms');
  expect(stopped.judgeTarget('delivery.max < 400ms during peak')).toBe(true);
  const stalled = await run((atUs) => (atUs > 4.9 * SECOND && atUs < 5.7 * SECOND ? 5.7 * SECOND : atUs + 2_000));
  expect(stalled.judge('delivery.max < 400ms during peak')).toBe('not ok, 795 ms');
  expect(stalled.judgeTarget('delivery.max < 400ms during peak')).toBe(false);
});
