import { expect, it } from 'vitest';
import { drawPayloads } from './draw-payloads.ts';

const FILE = { file: '/messages.txt', lines: 7, leastBytes: 31, mostBytes: 90 };

it('lines of a file come in turn, from one that the seed draws', () => {
  const load = { payloads: [{ bytes: 90, share: 1 }], texts: FILE };
  const drawn = (seed: number) => Array.from({ length: 70 }, (_, index) => drawPayloads(load, seed)(index));
  for (const seed of [1, 2, 3]) {
    const lines = drawn(seed);
    expect(lines.slice(1)).toEqual(lines.slice(0, -1).map((line) => (line + 1) % 7));
    expect(drawn(seed)).toEqual(lines);
  }
  expect(new Set(Array.from({ length: 50 }, (_, seed) => drawn(seed)[0])).size).toBe(7);
});
