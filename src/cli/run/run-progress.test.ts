import { expect, it } from 'vitest';
import type { RawInterval } from '../../record/interval-series.ts';
import { zeroCounts } from '../../record/ledger-counts.ts';
import { duePart, secondFixture } from '../../testing/second-fixture.ts';
import { beginProgress, findComplete, fold, type ProgressEvent, type RunProgress } from './run-progress.ts';

const snapshot = { ledgers: { warmup: zeroCounts(), measure: zeroCounts() }, cpuRatio: 0 };

function second(number: number, sent: number, ...latenciesUs: number[]): RawInterval {
  return secondFixture(number, [duePart(number, latenciesUs)], {
    offered: sent,
    sent,
    skipped: 1,
    latenessMaxUs: sent,
  });
}

function foldAll(progress: RunProgress, ...events: ProgressEvent[]): RunProgress {
  return events.reduce(fold, progress);
}

const begun = beginProgress(2, 'open', 7_000);

it('has a second complete once all shards at work have told it, in the order of seconds, and counts it when it is taken', () => {
  const reported = foldAll(
    begun,
    { kind: 'reported', shard: 0, interval: second(0, 10, 100), snapshot },
    { kind: 'reported', shard: 0, interval: second(1, 20), snapshot },
  );
  expect(findComplete(reported)).toBeNull();
  const first = fold(reported, { kind: 'reported', shard: 1, interval: second(0, 1, 300, 500), snapshot });
  const interval = findComplete(first)!;
  expect(interval).toMatchObject({ second: 0, sent: 11, delivered: 3, latenessMaxUs: 10 });
  expect(first).toMatchObject({ sent: 0, delivered: 0 });
  const taken = fold(first, { kind: 'complete', interval });
  expect(taken).toMatchObject({ sent: 11, delivered: 3, skipped: 2, delivery: { count: 3, maxUs: 500 } });
  expect(findComplete(taken)).toBeNull();
  expect(findComplete(fold(taken, { kind: 'left', shard: 1 }))).toMatchObject({ second: 1, sent: 20 });
});

it('changes nothing of the progress that it is given', () => {
  const before = structuredClone(begun);
  const interval = second(0, 5, 100);
  foldAll(
    begun,
    { kind: 'started', atUs: 9_000 },
    { kind: 'reported', shard: 0, interval, snapshot },
    { kind: 'left', shard: 1 },
    { kind: 'complete', interval },
    { kind: 'paused', isPaused: true, atUs: 9_500 },
    { kind: 'noted', event: { atUs: 1, kind: 'fault', text: 'x' } },
  );
  expect(begun).toEqual(before);
});

it('marks pauses on the clock of the run, and those before its start at 0', () => {
  const paused = foldAll(
    begun,
    { kind: 'paused', isPaused: true, atUs: 6_000 },
    { kind: 'started', atUs: 9_000 },
    { kind: 'paused', isPaused: false, atUs: 9_500 },
  );
  expect(paused.isPaused).toBe(false);
  expect(paused.events.map(({ atUs, kind }) => [atUs, kind])).toEqual([
    [0, 'paused'],
    [500, 'resumed'],
  ]);
});
