import { expect, test } from 'vitest';
import { encodeGone, encodeHere, ownerOf, Roster, SILENCE_MS } from './roster.ts';

test('a worker is there from its first notice on, and told as new once', () => {
  const roster = new Roster('b');
  expect(roster.ids).toEqual(['b']);
  expect(roster.hear(encodeHere('a', '1'), 0)).toBe(true);
  expect(roster.hear(encodeHere('a', '2'), 10)).toBe(false);
  expect(roster.ids).toEqual(['a', 'b']);
  expect(roster.seatsOf('a')).toBe('2');
  expect(roster.seatsOf('c')).toBeNull();
});

test('a worker that is silent for too long is there no more, until it is heard again', () => {
  const roster = new Roster('b');
  roster.hear(encodeHere('a', '1'), 1_000);
  roster.expire(1_000 + SILENCE_MS);
  expect(roster.ids).toEqual(['a', 'b']);
  roster.expire(1_000 + SILENCE_MS + 1);
  expect(roster.ids).toEqual(['b']);
  expect(roster.hear(encodeHere('a', '1'), 20_000)).toBe(true);
});

test('a worker that says that it goes is gone at once; the own one never is', () => {
  const roster = new Roster('b');
  roster.hear(encodeHere('a', '1'), 0);
  roster.hear(encodeHere('b', '1'), 0);
  expect(roster.hear(encodeGone('a'), 1)).toBe(false);
  roster.hear(encodeGone('b'), 1);
  roster.expire(100_000);
  expect(roster.ids).toEqual(['b']);
});

test('what is no notice is passed over', () => {
  const roster = new Roster('b');
  for (const text of ['', 'here', 'here ', 'here a', 'hello a 1', '{}', ' ']) expect(roster.hear(text, 0)).toBe(false);
  expect(roster.ids).toEqual(['b']);
});

test('every worker has as many partitions as any other, or one more, whoever asks', () => {
  for (let workers = 1; workers <= 16; workers++) {
    const ids = Array.from({ length: workers }, (_, n) => `w${n}`);
    const shares = Map.groupBy(
      Array.from({ length: 16 }, (_, partition) => ownerOf(partition, ids)),
      (id) => id,
    );
    const sizes = ids.map((id) => shares.get(id)?.length ?? 0);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  }
});
