import { expect, test } from 'vitest';
import { commitIntervalMs, createCommitPace, LONGEST_COMMIT_MS, SHORTEST_COMMIT_MS } from './commit-pace.ts';

/** A process that has been busy and idle for so long so far, ms. */
function createProcess() {
  const total = { idle: 0, active: 0 };
  const read = (since = { idle: 0, active: 0, utilization: 0 }) => {
    const [idle, active] = [total.idle - since.idle, total.active - since.active];
    return { idle, active, utilization: active / (idle + active || 1) };
  };
  const pass = (active: number, idle: number) => {
    total.active += active;
    total.idle += idle;
  };
  return { read, pass };
}

test('a process that has time commits often, one that is full commits seldom, and between them the one more than the other', () => {
  expect([0, 0.2, 0.4].map(commitIntervalMs)).toEqual([3, 3, 3].map(() => SHORTEST_COMMIT_MS));
  expect([0.85, 1].map(commitIntervalMs)).toEqual([LONGEST_COMMIT_MS, LONGEST_COMMIT_MS]);
  const between = [0.45, 0.5, 0.6, 0.7, 0.8].map(commitIntervalMs);
  expect(between).toEqual(between.toSorted((one, other) => one - other));
  expect(commitIntervalMs((0.4 + 0.85) / 2)).toBeCloseTo((SHORTEST_COMMIT_MS + LONGEST_COMMIT_MS) / 2);
});

test('what counts is how busy it was lately, over long enough to mean something', () => {
  const { read, pass } = createProcess();
  const intervalMs = createCommitPace(read);
  pass(9, 1);
  expect(intervalMs()).toBe(SHORTEST_COMMIT_MS);
  pass(90, 10);
  expect(intervalMs()).toBe(LONGEST_COMMIT_MS);
  pass(0, 50);
  expect(intervalMs()).toBe(LONGEST_COMMIT_MS);
  pass(0, 50);
  expect(intervalMs()).toBe(SHORTEST_COMMIT_MS);
});
