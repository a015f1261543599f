import type { ShardReport } from '../record/shard-report.ts';
import type { SplitSecond, UnsentMessages } from '../record/split-log.ts';
import { SplitMerge } from '../record/split-merge.ts';

/** Between shards that have members of one room: what each of them tells, put together, and what the others have to know of it. */
export interface SplitExchange {
  take(shard: number, second: SplitSecond): void;
  /** The shard has reported, or is lost. */
  over(shard: number, isLost: boolean): void;
  /** To be added to the reports of all shards, once all are over. */
  report(): ShardReport;
}

/** @param tellOthers hands on to all shards but the one that it is about */
export function openSplitExchange(shards: number, tellOthers: (unsent: UnsentMessages) => void): SplitExchange {
  const merge = new SplitMerge(shards);
  const endsAt = new Map<number, number>();
  return {
    take(shard, second) {
      merge.add(shard, second);
      const isNews = second.endsAt !== null && !endsAt.has(shard);
      if (second.endsAt !== null) endsAt.set(shard, second.endsAt);
      if (isNews || second.unsent.length > 0) tellOthers({ shard, numbers: [...second.unsent], endsAt: second.endsAt });
    },
    over: (shard, isLost) => merge.over(shard, isLost),
    report: () => merge.report(),
  };
}
