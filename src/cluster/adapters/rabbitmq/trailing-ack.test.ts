import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TrailingAck } from './trailing-ack.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Held back at most. */
const HELD = 8;

function setUp(most = HELD) {
  const acknowledged: number[] = [];
  return { acknowledged, acks: new TrailingAck((tag) => acknowledged.push(tag), most) };
}

test('the newest delivery stays behind, and those before it go together', () => {
  const { acknowledged, acks } = setUp();
  for (let tag = 1; tag <= HELD; tag++) acks.through(tag);
  expect(acknowledged).toEqual([]);
  acks.through(HELD + 1);
  expect(acknowledged).toEqual([HELD]);
  acks.through(HELD + 100);
  expect(acknowledged).toEqual([HELD, HELD + 99]);
});

test('while deliveries keep coming the newest one is not acknowledged, however long that lasts', () => {
  const { acknowledged, acks } = setUp();
  for (let tag = 1; tag <= 1_000; tag++) {
    acks.through(tag);
    vi.advanceTimersByTime(10);
    expect(acknowledged.at(-1) ?? 0).toBeLessThan(tag);
    expect(tag - (acknowledged.at(-1) ?? 0)).toBeLessThanOrEqual(HELD);
  }
});

test('after a rest all is acknowledged, once, and no timer is left', () => {
  const { acknowledged, acks } = setUp();
  acks.through(3);
  vi.advanceTimersByTime(100);
  expect(acknowledged).toEqual([3]);
  expect(vi.getTimerCount()).toBe(0);
  acks.through(4);
  vi.advanceTimersByTime(1_000);
  expect(acknowledged).toEqual([3, 4]);
});

test('a flush acknowledges what is held back, and a channel that is gone nothing', () => {
  const { acknowledged, acks } = setUp();
  acks.through(2);
  acks.flush();
  expect(acknowledged).toEqual([2]);
  acks.flush();
  acks.through(5);
  acks.stop();
  vi.advanceTimersByTime(1_000);
  expect(acknowledged).toEqual([2]);
  expect(vi.getTimerCount()).toBe(0);
});

test('where none is to be held back each is acknowledged at once', () => {
  const { acknowledged, acks } = setUp(0);
  acks.through(1);
  acks.through(2);
  expect(acknowledged).toEqual([1, 2]);
});
