import { expect, it } from 'vitest';
import { shareReadings } from './share-readings.ts';

/** A source that counts how often it is asked, with two parts of what it tells. */
function share() {
  let [nowUs, asked, closed] = [0, 0, 0];
  let answer: () => Promise<number> = async () => asked;
  const source = {
    read() {
      asked++;
      return answer();
    },
    close: async () => void closed++,
  };
  const parts = [
    { name: 'one', unit: 'number' as const, of: (reading: number) => reading },
    { name: 'tenfold', unit: 'bytes' as const, of: (reading: number) => 10 * reading },
  ];
  const [one, tenfold] = shareReadings(source, parts, () => nowUs);
  return {
    one: one!,
    tenfold: tenfold!,
    read: () => Promise.all([one!.read(), tenfold!.read()]),
    pass: (us: number) => {
      nowUs += us;
    },
    answer: (by: () => Promise<number>) => {
      answer = by;
    },
    asked: () => asked,
    closed: () => closed,
  };
}

it('asks once for all figures of a moment, and anew at the next', async () => {
  const { one, tenfold, read, pass, asked } = share();
  expect([one.name, tenfold.unit]).toEqual(['one', 'bytes']);
  expect(await read()).toEqual([1, 10]);
  pass(100_000);
  expect(await one.read()).toBe(2);
  pass(49_999);
  expect(await tenfold.read()).toBe(20);
  expect(asked()).toBe(2);
  // Half a moment later it is another one.
  expect(await one.read()).toBe(3);
  pass(50_000);
  expect(await tenfold.read()).toBe(40);
});

it('tells nobody the same reading twice', async () => {
  const { one, tenfold, asked } = share();
  expect([await one.read(), await one.read(), await tenfold.read(), await tenfold.read()]).toEqual([1, 2, 20, 30]);
  expect(asked()).toBe(3);
});

it('waits together for an answer that takes long, and fails together', async () => {
  const { one, tenfold, pass, answer, asked } = share();
  let fail = (_: Error) => {};
  answer(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  const early = one.read();
  pass(900_000);
  const late = tenfold.read();
  fail(new Error('gone'));
  await expect(early).rejects.toThrow('gone');
  await expect(late).rejects.toThrow('gone');
  expect(asked()).toBe(1);
  answer(async () => 7);
  pass(50_000);
  expect(await one.read()).toBe(7);
});

it('leaves the source open until nobody needs it any more', async () => {
  const { one, tenfold, closed } = share();
  await one.close();
  await one.close();
  expect(closed()).toBe(0);
  expect(await tenfold.read()).toBe(10);
  await tenfold.close();
  await tenfold.close();
  expect(closed()).toBe(1);
});
