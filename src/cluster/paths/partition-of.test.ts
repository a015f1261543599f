import { expect, test } from 'vitest';
import { partitionOf } from './partition-of.ts';

test('the hash is FNV-1a, 32 bits: its published values', () => {
  // 2^32 partitions leave the hash as it is.
  expect(partitionOf('', 2 ** 32)).toBe(0x811c9dc5);
  expect(partitionOf('a', 2 ** 32)).toBe(0xe40c292c);
  expect(partitionOf('foobar', 2 ** 32)).toBe(0xbf9cf968);
});

test('numbered rooms spread over all partitions', () => {
  const counts = [0, 0, 0, 0];
  for (let n = 0; n < 4_000; n++) counts[partitionOf(`r${n}`, 4)]!++;
  for (const count of counts) expect(count).toBeGreaterThan(800);
});
