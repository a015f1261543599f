import { describe, expect, it } from 'vitest';
import { readUsedMemory } from '../testing/used-memory.ts';
import type { SplitSecond } from './split-log.ts';
import { SplitMerge } from './split-merge.ts';

const SECOND = 1_000_000;
const NOTHING: SplitSecond = {
  second: -1,
  sent: new Float64Array(),
  received: new Float64Array(),
  unsent: new Float64Array(),
  endsAt: null,
  missing: new Float64Array(),
};

const rows = (...table: readonly (readonly number[])[]) => Float64Array.from(table.flat());

describe('rooms over several shards', () => {
  it('tells the first, the ⌈n/2⌉-th and the last of all recipients, whoever told first, and whenever', () => {
    const merge = new SplitMerge(3);
    // Due at 500 ms, sent 2 ms later, to seven: the times of their deliveries after it was due are 10, 20, … 70 ms and more.
    merge.add(2, { ...NOTHING, second: 0, received: rows([8, 570_000, 0], [8, 510_000, 0]) });
    merge.add(0, { ...NOTHING, second: 0, sent: rows([8, 500_000, 502_000, 7, 2_000]) });
    merge.add(1, { ...NOTHING, second: 0, received: rows([8, 540_000, 30_000], [8, 530_000, 0]) });
    for (const shard of [0, 1, 2]) merge.add(shard, { ...NOTHING, second: 1 });
    // Two read in the second after, of which one was late to be told; the last comes two seconds later.
    merge.add(1, { ...NOTHING, second: 2, received: rows([8, 560_000 + SECOND, 0]) });
    merge.add(2, { ...NOTHING, second: 2, received: rows([8, 520_000 + SECOND, 0]) });
    merge.add(0, { ...NOTHING, second: 3, received: rows([8, 3_500_000, 0]) });
    for (const shard of [0, 1, 2]) merge.over(shard, false);
    const { histograms, own } = merge.report();
    const exactly = (name: keyof typeof histograms) => [histograms[name].count, histograms[name].sumUs];
    expect(exactly('fanoutFirst')).toEqual([1, 10_000]);
    expect(exactly('fanoutMedian')).toEqual([1, 70_000]);
    expect(exactly('fanoutLast')).toEqual([1, 3_000_000]);
    expect(histograms.service.count).toBe(7);
    expect(histograms.service.sumUs).toBe(5_216_000);
    // The sender was 2 ms late, and one of the recipients was not read for 30 ms.
    expect([own.delivery?.measured.count, own.delivery?.measured.sumUs]).toEqual([7, 5_230_000]);
    expect(own.delivery?.without.sumUs).toBe(5_230_000 - 7 * 2_000 - 30_000);
    expect(own.service?.measured.sumUs).toBe(38_000);
    expect(own.fanoutFirst?.without.sumUs).toBe(8_000);
  });

  it('has no last where one is lost, and no median where half of them are', () => {
    const merge = new SplitMerge(2);
    merge.add(0, { ...NOTHING, sent: rows([1, 0, 0, 4, 0], [2, 0, 0, 4, 0]), received: rows([1, 5, 0], [2, 7, 0]) });
    merge.add(1, { ...NOTHING, received: rows([1, 6, 0], [1, 9, 0]) });
    const { histograms } = merge.report();
    expect([histograms.fanoutFirst.count, histograms.fanoutFirst.sumUs]).toEqual([2, 12]);
    expect([histograms.fanoutMedian.count, histograms.fanoutMedian.sumUs]).toEqual([1, 6]);
    expect(histograms.fanoutLast.count).toBe(0);
  });

  it('takes back what others waited for and a shard never sent: by number, behind its end, and where it is gone', () => {
    const merge = new SplitMerge(3);
    merge.add(0, { ...NOTHING, unsent: rows([4]), endsAt: 10 });
    merge.add(1, {
      ...NOTHING,
      missing: rows(
        [4, 100, 1, 0], // not sent by shard 0
        [5, 200, 1, 0], // lost
        [9, 300, 0, 0], // lost in warm-up
        [10, 1_000, 1, 0], // behind the end of shard 0
        [11, 2_000, 0, 2], // of shard 2, which is gone
        [12, 4_000, 1, 1], // its own, lost
      ),
    });
    merge.over(0, false);
    merge.over(1, false);
    merge.over(2, true);
    const { ledger, warmupLedger } = merge.report();
    expect([ledger.expected, ledger.lost, ledger.once]).toEqual([-1_100, -1_100, 0]);
    expect([warmupLedger.expected, warmupLedger.lost]).toEqual([-2_000, -2_000]);
  });

  it('remembers of a message only how many have got it', () => {
    const merge = new SplitMerge(2);
    const before = readUsedMemory();
    for (let second = 0; second < 100; second++) {
      const sent = rows([second, second * SECOND, second * SECOND, 4_000, 0]);
      const received = new Float64Array(3 * 2_000);
      for (let i = 0; i < received.length; i += 3) received.set([second, second * SECOND + 10 * i, 0], i);
      merge.add(0, { ...NOTHING, second, sent, received });
      merge.add(1, { ...NOTHING, second, received });
    }
    expect(readUsedMemory() - before).toBeLessThan(5e6);
    const { fanoutLast, service } = merge.report().histograms;
    expect([fanoutLast.count, service.count]).toEqual([100, 400_000]);
  });
});
