import { describe, expect, it } from 'vitest';
import { BEAT_US, LoopDelay, PUNCTUAL_US } from './loop-delay.ts';
import { percentileOf } from './percentile-of.ts';

/** Beats in time up to `untilUs`, but for blocks, at whose ends the loop comes round. */
function beatThrough(untilUs: number, blocks: readonly (readonly [fromUs: number, lengthUs: number])[]): LoopDelay {
  const loop = new LoopDelay(0);
  for (let nowUs = BEAT_US; nowUs <= untilUs; nowUs = loop.dueUs) {
    const block = blocks.find(([fromUs, lengthUs]) => nowUs >= fromUs && nowUs < fromUs + lengthUs);
    if (loop.beat(block === undefined ? nowUs : block[0] + block[1])) loop.readOn();
  }
  return loop;
}

describe('delay of the loop', () => {
  it('counts a block once per beat that it swallowed', () => {
    // 100 ms from 1,005 ms on: beats due at 1,010 … 1,100 ms run at 1,105 ms, 95, 85 … 5 ms late.
    const { delay } = beatThrough(2_000_000, [[1_005_000, 100_000]]);
    expect(delay.count).toBe(200);
    expect(delay.maxUs).toBe(95_000);
    expect(delay.sumUs).toBe(10 * 50_000);
  });

  it('shows a share of time at its quantile: blocks of S every T leave max(0, S − (1 − q)·T)', () => {
    const blocks = Array.from({ length: 100 }, (_, k) => [k * 1_000_000 + 500_001, 100_000] as const);
    const delay = beatThrough(100_000_000, blocks).delay.snapshot();
    expect(percentileOf(delay, 95)).toBeGreaterThan(50_000 - BEAT_US);
    expect(percentileOf(delay, 95)).toBeLessThanOrEqual(50_500);
    expect(percentileOf(delay, 99)).toBeGreaterThan(90_000 - BEAT_US);
    expect(percentileOf(delay, 99)).toBeLessThanOrEqual(91_000);
    expect(percentileOf(delay, 50)).toBe(0);
  });

  it('counts nothing twice where the loop comes round too early', () => {
    const loop = new LoopDelay(0);
    loop.beat(BEAT_US - 1);
    expect(loop.delay.count).toBe(0);
    loop.beat(BEAT_US + 300);
    loop.beat(BEAT_US + 400);
    expect(loop.delay.count).toBe(1);
  });
});

describe('what a value that is read now owes to a block', () => {
  it('is nothing while beats come in time', () => {
    const loop = new LoopDelay(0);
    loop.beat(10_100);
    expect(loop.blockedUs(0, 15_000)).toBe(0);
    expect(loop.blockedUs(0, 20_000 + PUNCTUAL_US)).toBe(0);
  });

  it('is the block, to a beat, where sockets are read before the overdue beat', () => {
    const loop = new LoopDelay(0);
    loop.beat(10_000);
    // Stopped from 12 to 162 ms: the beat of 20 ms is overdue.
    expect(loop.blockedUs(0, 162_000)).toBe(152_000);
  });

  it('is no more than the time since the value could have come', () => {
    const loop = new LoopDelay(0);
    loop.beat(10_000);
    expect(loop.blockedUs(100_000, 162_000)).toBe(62_000);
  });

  it('is the block where the beat ran first, until what gathered has been read', () => {
    const loop = new LoopDelay(0);
    loop.beat(10_000);
    expect(loop.beat(162_000)).toBe(true);
    expect(loop.blockedUs(0, 163_000)).toBe(153_000);
    loop.readOn();
    expect(loop.blockedUs(0, 164_000)).toBe(0);
  });
});
