import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeSlowest, SlowestMessages } from './slowest-messages.ts';

const traceOf = (sequence: number) => ({ traceId: `trace-${sequence}`, spanId: `span-${sequence}` });

/** Latencies of messages by their sequence, as one shard sees them. */
function keepOf(limit: number, latenciesUs: readonly number[], shard = 0) {
  const slowest = new SlowestMessages(limit);
  slowest.epochUs = 1_000_000_000;
  for (const [sequence, latencyUs] of latenciesUs.entries())
    if (slowest.admits(latencyUs)) slowest.keep(latencyUs, sequence, 7, 3, sequence * 10, sequence * 10, null);
  return slowest.report(shard, true, traceOf);
}

const latencies = fc.array(fc.nat({ max: 50 }), { maxLength: 200 });

it('are those that a sort of all of them has first, the earlier ones of the equally slow', () => {
  fc.assert(
    fc.property(latencies, fc.integer({ min: 0, max: 20 }), (latenciesUs, limit) => {
      const expected = latenciesUs
        .map((latencyUs, sequence) => ({ latencyUs, sequence }))
        .sort((one, other) => other.latencyUs - one.latencyUs || one.sequence - other.sequence)
        .slice(0, limit);
      const found = keepOf(limit, latenciesUs).messages;
      expect(found.map(({ latencyUs }) => latencyUs)).toEqual(expected.map(({ latencyUs }) => latencyUs));
      // Which of those as slow as the last stay depends on the order in which they came.
      const last = expected.at(-1)?.latencyUs ?? 0;
      const sure = (all: readonly { latencyUs: number; sequence: number }[]) =>
        all.filter(({ latencyUs }) => latencyUs > last).map(({ sequence }) => sequence);
      expect(sure(found)).toEqual(sure(expected));
    }),
  );
});

it('of several shards are the slowest of all, however they are put together', () => {
  fc.assert(
    fc.property(latencies, latencies, latencies, (...shards) => {
      const [a, b, c] = shards.map((latenciesUs, shard) => keepOf(8, latenciesUs, shard)) as [
        ReturnType<typeof keepOf>,
        ReturnType<typeof keepOf>,
        ReturnType<typeof keepOf>,
      ];
      const one = mergeSlowest(mergeSlowest(a, b), c);
      expect(one).toEqual(mergeSlowest(c, mergeSlowest(b, a)));
      const all = shards.flat().sort((x, y) => y - x);
      expect(one?.messages.map(({ latencyUs }) => latencyUs)).toEqual(all.slice(0, 8));
    }),
  );
});

it('says of a message what it was, its trace, and when it was due', () => {
  const [slow] = keepOf(1, [4, 9, 2], 6).messages;
  expect(slow).toEqual({
    traceId: 'trace-1',
    spanId: 'span-1',
    latencyUs: 9,
    intendedAtUs: 10,
    epochUs: 1_000_000_010,
    shard: 6,
    sequence: 1,
    room: 7,
    sender: 3,
    hops: [],
  });
});

it('tells where the time of a message went as far as its frame does', () => {
  const legs = {
    names: ['a', 'b'],
    width: 3,
    readLegs(
      frame: Uint8Array,
      intendedAtUs: number,
      sentAtUs: number,
      nowUs: number,
      legsUs: Float64Array,
      at: number,
    ) {
      if (frame.length === 0) return false;
      legsUs[at] = sentAtUs - intendedAtUs;
      legsUs[at + 1] = nowUs - sentAtUs;
      return true;
    },
  };
  const slowest = new SlowestMessages(2, legs);
  for (const [sequence, latencyUs] of [50, 80, 90, 60].entries())
    if (slowest.admits(latencyUs))
      slowest.keep(latencyUs, sequence, 0, 0, 100, 130, new Uint8Array(sequence === 2 ? 0 : 1));
  expect(slowest.report(0, false, traceOf).messages.map(({ hops }) => hops)).toEqual([
    [],
    [
      { name: 'a', us: 30 },
      { name: 'b', us: 50 },
    ],
  ]);
});
