import { expect, it } from 'vitest';
import { BlockLog } from './block-log.ts';

it('adds up the blocks since a time, of one that had begun before only what came after', () => {
  const log = new BlockLog();
  expect(log.since(0)).toBe(0);
  log.note(100, 40);
  log.note(300, 50);
  log.note(1_000, 200);
  expect([0, 60, 61, 100, 250, 300, 900, 1_000].map((fromUs) => log.since(fromUs))).toEqual([
    290, 290, 289, 250, 250, 200, 100, 0,
  ]);
});

it('remembers the last 4,096', () => {
  const log = new BlockLog();
  for (let block = 1; block <= 5_000; block++) log.note(block * 10, 3);
  expect(log.since(0)).toBe(4_096 * 3);
  expect(log.since(49_980)).toBe(2 * 3);
});
