import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SplitSecond } from '../../record/split-log.ts';
import { readSplit, splitBody, writeSplit } from './split-body.ts';

const number = fc.integer({ min: 0, max: 2 ** 48 });
const time = fc.integer({ min: -1_000_000, max: 2 ** 48 });
const table = (...columns: readonly fc.Arbitrary<number>[]) =>
  fc.array(fc.tuple(...columns), { maxLength: 20 }).map((rows) => Float64Array.from(rows.flat()));

const second: fc.Arbitrary<SplitSecond> = fc.record({
  second: fc.integer({ min: -1, max: 100_000 }),
  sent: table(number, time, time, number, time),
  received: table(number, time, time),
  unsent: table(number),
  endsAt: fc.option(number),
  missing: table(number, number, number, number),
});

it('what a shard tells of split rooms comes back as it was told', () => {
  fc.assert(
    fc.property(second, (told) => {
      const sent = splitBody.parse(JSON.parse(JSON.stringify(writeSplit(told))));
      expect(readSplit(sent)).toEqual(told);
    }),
  );
});

it('a delivery in its place takes at most 6 characters', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [70_000 + (i % 3), 5_000_000 + 9 * i, 0]);
  const told = {
    second: 0,
    sent: empty,
    received: Float64Array.from(rows.flat()),
    unsent: empty,
    endsAt: null,
    missing: empty,
  };
  expect(writeSplit(told).received.length / 10_000).toBeLessThan(6);
});

it.each([
  ['half a number', { received: 'gA==' }, 'received: is no table of 3 columns'],
  ['half a row', { sent: 'AAAA' }, 'sent: is no table of 5 columns'],
  ['less than nobody', { missing: 'AAEAAA==' }, 'missing: row 1 has a number that there is not'],
  ['a number below the first', { unsent: 'AQ==' }, 'unsent: row 1 has a number that there is not'],
])('%s is refused', (_, bent, message) => {
  const told = writeSplit({ second: 0, sent: empty, received: empty, unsent: empty, endsAt: null, missing: empty });
  expect(() => readSplit({ ...told, ...bent })).toThrow(message);
});

const empty = new Float64Array();
