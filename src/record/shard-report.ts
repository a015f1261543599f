import type { SparseHistogram } from './histogram.ts';
import type { RawInterval } from './interval-series.ts';
import type { MetricName } from './metric-names.ts';
import type { OwnShare } from './own-share.ts';
import type {
  ConnectionCounts,
  GroupReport,
  Hop,
  JourneyReport,
  LedgerCounts,
  LimiterReport,
  MessageExample,
  PostReport,
  RefusalCount,
  ShardHealth,
  SlowestReport,
  TrafficReport,
} from './samples.ts';

/** What one shard, or the merge of several, recorded: `Samples` before encoding. Crosses process borders. */
export interface ShardReport {
  readonly histograms: Readonly<Record<MetricName, SparseHistogram>>;
  readonly own: Readonly<Partial<Record<MetricName, OwnShare<SparseHistogram>>>>;
  /** Deliveries by label, such as `gateway=same`; see `Breakdown`. */
  readonly breakdowns: Readonly<Record<string, SparseHistogram>>;
  readonly hops: readonly Hop<SparseHistogram>[];
  readonly limiter: LimiterReport | null;
  readonly slowest?: SlowestReport | null;
  readonly posts: PostReport<SparseHistogram> | null;
  /** One for each kind that was planned. */
  readonly traffic: readonly TrafficReport<SparseHistogram>[];
  /** One for each of the plan's. */
  readonly groups: readonly GroupReport<SparseHistogram>[];
  /** Absent or null: there was none. */
  readonly journey?: JourneyReport<SparseHistogram> | null;
  readonly ledger: LedgerCounts;
  /** By all codes that were told apart; see `Samples`. */
  readonly refusals: readonly RefusalCount[];
  readonly serverErrors: readonly RefusalCount[];
  readonly warmupLedger: LedgerCounts;
  readonly examples: readonly MessageExample[];
  readonly connections: ConnectionCounts;
  readonly intervals: readonly RawInterval[];
  readonly health: readonly ShardHealth[];
  /** µs since run start: the last expected delivery had arrived, or drain was given up. */
  readonly drainEndUs: number;
}
