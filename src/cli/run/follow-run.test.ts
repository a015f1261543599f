import { expect, it } from 'vitest';
import { zeroConnections } from '../../record/connection-counts.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import { zeroCounts } from '../../record/ledger-counts.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { secondFixture } from '../../testing/second-fixture.ts';
import { followRun } from './follow-run.ts';

const IDLE = { ledgers: { warmup: zeroCounts(), measure: zeroCounts() }, cpuRatio: 0 };

function second(number: number, sent: number): RawInterval {
  return secondFixture(number, [], { offered: sent, sent });
}

function follow(shards: number, loop: 'open' | 'closed' = 'open') {
  const paused: (boolean | null)[] = [];
  const told: (readonly [second: number, sent: number])[] = [];
  const follower = followRun({
    shards,
    clients: 10,
    phases: { warmupUs: 0, measureUs: 10_000_000, drainTimeoutUs: 1_000_000 },
    loop,
    queue: () => null,
    judge: () => [],
    show: ({ isPaused }) => paused.push(isPaused),
    onSecond: (interval) => told.push([interval.second, interval.sent]),
  });
  return { follower, told, paused };
}

it('tells of a second when all shards have reported it', () => {
  const { follower, told } = follow(2);
  follower.add(0, second(0, 10), IDLE);
  follower.add(0, second(1, 20), IDLE);
  expect(told).toEqual([]);
  follower.add(1, second(0, 1), IDLE);
  expect(told).toEqual([[0, 11]]);
  follower.add(1, second(1, 2), IDLE);
  expect(told).toEqual([
    [0, 11],
    [1, 22],
  ]);
});

it('waits no longer for a shard that is lost, and keeps what it had told', () => {
  const { follower, told } = follow(3);
  for (const shard of [0, 1, 2]) follower.add(shard, second(0, 1), IDLE);
  follower.add(2, second(1, 100), IDLE);
  for (const shard of [0, 1]) for (const number of [1, 2]) follower.add(shard, second(number, 1), IDLE);
  expect(told).toEqual([
    [0, 3],
    [1, 102],
  ]);
  follower.leave(2);
  expect(told.slice(2)).toEqual([[2, 2]]);
  for (const shard of [1, 0]) follower.add(shard, second(3, 1), IDLE);
  expect(told.slice(3)).toEqual([[3, 2]]);
});

it('shows drain to its end while some shards are done with theirs', () => {
  const { follower, told } = follow(2);
  follower.add(0, second(10, 5), IDLE);
  follower.leave(0);
  follower.add(1, second(10, 5), IDLE);
  follower.add(1, second(11, 0), IDLE);
  follower.leave(1);
  expect(told).toEqual([
    [10, 10],
    [11, 0],
  ]);
});

it('marks a pause of an open loop, and tells that there is none in a closed one', () => {
  for (const [loop, kind, isPaused] of [
    ['open', 'paused', true],
    ['closed', 'not-paused', null],
  ] as const) {
    const { follower, paused } = follow(1, loop);
    follower.setPaused(true);
    follower.add(0, second(0, 1), IDLE);
    expect(follower.events().map((event) => event.kind)).toEqual([kind]);
    expect(paused).toEqual([isPaused]);
  }
});

it('tells of endpoints without the secrets of their addresses, and adds up those that then are one', () => {
  const shown: LiveUpdate[] = [];
  const follower = followRun({
    shards: 1,
    clients: 9,
    phases: { warmupUs: 0, measureUs: 1_000_000, drainTimeoutUs: 0 },
    loop: 'open',
    queue: () => null,
    judge: () => [],
    show: (update) => void shown.push(update),
  });
  const perEndpoint = {
    'ws://joe:Zq7w4rden@chat.example:81/?token=Zq1111abc': 2,
    'ws://ann:Zq8w4rden@chat.example:81/?token=Zq2222abc': 3,
    'ws://127.0.0.1:8080/ws?room=7': 4,
  };
  follower.connect([{ ...zeroConnections(), attempted: 9, opened: 9, perEndpoint }]);
  follower.add(0, secondFixture(0), IDLE);
  expect(shown.map(({ connections }) => connections)).toEqual([
    [
      { endpoint: 'ws://***@chat.example:81/?token=***', opened: 5 },
      { endpoint: 'ws://127.0.0.1:8080/ws?room=7', opened: 4 },
    ],
  ]);
});
