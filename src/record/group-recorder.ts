import { Histogram, mergeSparse, type SparseHistogram } from './histogram.ts';
import { type MutableCounts, zeroCounts } from './ledger-counts.ts';
import type { GroupCounts, GroupReport, LedgerCounts } from './samples.ts';
import { mergeTraffic } from './traffic-recorder.ts';

/** Which group each client is of. */
export interface ClientGroups {
  readonly names: readonly string[];
  /** By client, the position of its group. */
  readonly groupOf: Uint8Array;
}

/** Latencies of measure by the sender's group, and by the recipient's; recorded without allocation. */
export class GroupRecorder {
  readonly #groups: ClientGroups;
  readonly #sent: readonly Histogram[];
  readonly #received: readonly Histogram[];
  readonly #acked: readonly Histogram[];

  constructor(groups: ClientGroups) {
    this.#groups = groups;
    this.#sent = groups.names.map(() => new Histogram());
    this.#received = groups.names.map(() => new Histogram());
    this.#acked = groups.names.map(() => new Histogram());
  }

  delivered(sender: number, recipient: number, latencyUs: number): void {
    const { groupOf } = this.#groups;
    this.#sent[groupOf[sender]!]!.record(latencyUs);
    this.#received[groupOf[recipient]!]!.record(latencyUs);
  }

  acknowledged(sender: number, ackUs: number): void {
    this.#acked[this.#groups.groupOf[sender]!]!.record(ackUs);
  }

  /** @param lostTo  by the recipient's group, what never came */
  report(counts: readonly LedgerCounts[], lostTo: readonly number[]): readonly RecordedGroup[] {
    return this.#groups.names.map((name, group) => ({
      name,
      ledger: pickCounts(counts[group]!),
      delivery: this.#sent[group]!.snapshot(),
      ack: this.#acked[group]!.snapshot(),
      received: { lost: lostTo[group]!, delivery: this.#received[group]!.snapshot() },
    }));
  }
}

/** What is recorded of a group's messages; who its clients are, and what they did beside, others tell. */
export type RecordedGroup = Omit<GroupReport<SparseHistogram>, 'clients' | 'reached' | 'traffic'>;

/** Of these every one can be told whose it is, also after its message has settled. */
const COUNTED = [
  'planned',
  'sent',
  'skipped',
  'unsendable',
  'acksExpected',
  'acked',
  'expected',
  'once',
  'lost',
  'late',
  'recovered',
  'held',
] as const satisfies readonly (keyof GroupCounts)[];

function pickCounts(counts: LedgerCounts | MutableCounts): GroupCounts {
  return Object.fromEntries(COUNTED.map((key) => [key, counts[key]])) as GroupCounts;
}

/** All shards of a run have the same groups in the same order, or none. */
export function mergeGroups(
  a: readonly GroupReport<SparseHistogram>[],
  b: readonly GroupReport<SparseHistogram>[],
): readonly GroupReport<SparseHistogram>[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return a.map((one, i) => {
    const other = b[i]!;
    return {
      name: one.name,
      clients: one.clients + other.clients,
      reached: one.reached + other.reached,
      ledger: addGroupCounts(one.ledger, other.ledger),
      delivery: mergeSparse(one.delivery, other.delivery),
      ack: mergeSparse(one.ack, other.ack),
      received: {
        lost: one.received.lost + other.received.lost,
        delivery: mergeSparse(one.received.delivery, other.received.delivery),
      },
      traffic: mergeTraffic(one.traffic, other.traffic),
    };
  });
}

function addGroupCounts(a: GroupCounts, b: GroupCounts): GroupCounts {
  const sum = zeroCounts();
  for (const key of COUNTED) sum[key] = a[key] + b[key];
  return pickCounts(sum);
}
