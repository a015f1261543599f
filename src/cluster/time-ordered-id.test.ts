import { expect, test } from 'vitest';
import { createTimeOrderedId } from './time-ordered-id.ts';
import { isName } from './wire/names.ts';

test('ids ascend and differ within a millisecond, beyond what it has numbers for, and when the clock goes back', () => {
  const startMs = Date.now() + 1_000_000;
  const times = [...Array<number>(70_000).fill(startMs), startMs - 5_000, startMs + 60_000];
  const ids = times.map((nowMs) => createTimeOrderedId(nowMs));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test('an id is a name that tells its time', () => {
  const nowMs = Date.now() + 10_000_000;
  const id = createTimeOrderedId(nowMs);
  expect(isName(id)).toBe(true);
  expect(Number.parseInt(id.slice(0, 12), 16)).toBe(nowMs);
});
