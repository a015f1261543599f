import type { RecordedGroup } from './group-recorder.ts';
import type { SparseHistogram } from './histogram.ts';
import type { MetricName } from './metric-names.ts';
import type { OwnShare } from './own-share.ts';
import type { Hop, LedgerCounts, LimiterReport, MessageExample, PostReport, RefusalCount } from './samples.ts';

/** What one shard recorded of its messages; see `Samples` for the merged and encoded form. */
export interface Recording {
  readonly histograms: Readonly<
    Record<Exclude<MetricName, 'connect' | 'connectService' | 'reconnect' | 'login'>, SparseHistogram>
  >;
  readonly own: Readonly<Record<OwnedMetric, OwnShare<SparseHistogram>>>;
  readonly limiter: LimiterReport | null;
  readonly posts: PostReport<SparseHistogram> | null;
  readonly groups: readonly RecordedGroup[];
  readonly ledger: LedgerCounts;
  readonly refusals: readonly RefusalCount[];
  readonly serverErrors: readonly RefusalCount[];
  readonly warmupLedger: LedgerCounts;
  readonly examples: readonly MessageExample[];
  readonly breakdowns: Readonly<Record<string, SparseHistogram>>;
  readonly hops: readonly Hop<SparseHistogram>[];
}

/** Times of messages that the generator may add to, by sending late or by reading late. */
type OwnedMetric = 'delivery' | 'service' | 'ack' | 'fanoutFirst' | 'fanoutMedian' | 'fanoutLast';
