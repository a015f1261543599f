import type { ObservedUnit } from '../../choices.ts';
import type { ThresholdOutcome, Verdict, Warning } from '../../gate/verdict.ts';
import type { CurvePoint } from '../../record/histogram-summary.ts';
import type { MessageExample, ShardHealth } from '../../record/samples.ts';
import type { ArticleRow } from '../article-rows.ts';
import type { VerdictWords } from '../describe-verdict.ts';
import type { DriftRow } from '../drift-rows.ts';
import type { GroupRow } from '../group-rows.ts';
import type { HopWay } from '../hop-rows.ts';
import type { LatencyRow } from '../latency-rows.ts';
import type { RegionRow } from '../region-rows.ts';
import type { SlowRow } from '../slow-rows.ts';
import type { TrafficRow } from '../traffic-rows.ts';

/**
 * All that the page shows, computed beforehand: figures for charts and tables, everything else as text. Foreign strings are
 * values only, never keys, and the page writes them as text.
 */
export interface ReportData {
  /** The runs laid beside each other, this one first; null where there is only this one. */
  readonly overlay: OverlayData | null;
  readonly heading: {
    readonly scenario: string;
    readonly question: string;
    /** ISO 8601, UTC. */
    readonly startedAt: string;
    readonly runId: string;
    readonly load: string;
    readonly target: string;
  };
  readonly verdict: VerdictWords & {
    readonly status: Verdict['status'];
    readonly partial: string | null;
    readonly thresholds: readonly ThresholdOutcome[];
    readonly warnings: readonly Warning[];
    /** Why it is slow, the most telling first. */
    readonly diagnosis: readonly { readonly code: string; readonly text: string }[];
  };
  readonly headline: readonly Tile[];
  /** To be drawn over time. */
  readonly limits: readonly LimitLine[];
  /** How many deliveries a message has, on average: what is offered times this is what could be delivered. */
  readonly deliveriesPerMessage: number;
  readonly latency: readonly LatencyRow[];
  /** Without rows where nobody asked for them. */
  readonly article: { readonly rows: readonly ArticleRow[]; readonly notes: readonly string[] };
  readonly ledger: {
    readonly equations: readonly Equation[];
    readonly besides: readonly Fact[];
    /** What the server refused, by its own codes: foreign text in sentences. */
    readonly refusals: readonly string[];
    readonly warmup: string | null;
    readonly examples: readonly MessageExample[];
  };
  /** Users that do different things; empty where all do the same. */
  readonly groups: readonly GroupRow[];
  /** What clients did beside sending. */
  readonly traffic: readonly TrafficRow[];
  readonly curves: readonly { readonly name: string; readonly points: readonly CurvePoint[] }[];
  readonly time: TimeSeries;
  readonly heat: HeatData | null;
  readonly hops: readonly HopWay[];
  /** How long the first, the median and the last recipient of a message wait, and deliveries by size of room. */
  readonly fanout: readonly LatencyRow[];
  /** Deliveries by region of sender and recipient; empty where agents have none. */
  readonly regions: readonly RegionRow[];
  readonly queue: QueueData | null;
  readonly queueFacts: readonly Fact[];
  /** What the scenario observes beside the run. */
  readonly observed: readonly ObservedChart[];
  /** Whether its figures stayed as they were; none where it was too short to say. */
  readonly drift: readonly DriftRow[];
  /** The slowest messages; none where the target was not told of their traces. */
  readonly slowest: readonly SlowRow[];
  /** Null where no process could be seen. */
  readonly processes: ProcessData | null;
  /** Connections of each gateway over time; null where they cannot be asked. */
  readonly gateways: readonly NamedColumn[] | null;
  readonly connections: {
    readonly facts: readonly Fact[];
    /** Opened in every tenth of a second; null where it was over at once. */
    readonly ramp: readonly number[] | null;
    readonly perEndpoint: readonly Tally[];
    /** As the gateways count them; none where they cannot be asked. */
    readonly perGateway: readonly Tally[];
    readonly failures: readonly Tally[];
    /** How opened connections ended before the run did. */
    readonly drops: readonly Tally[];
  };
  readonly target: readonly Fact[];
  readonly generator: { readonly facts: readonly Fact[]; readonly shards: readonly ShardHealth[] };
  readonly scenario: readonly Fact[];
  /** The settled scenario, as JSON. */
  readonly scenarioText: string;
  readonly environment: readonly Fact[];
  readonly command: string;
}

/** Rows of figures, one column per run. */
export interface OverlayData {
  readonly runs: readonly { readonly name: string; readonly points: readonly CurvePoint[] }[];
  readonly rows: readonly { readonly name: string; readonly values: readonly string[] }[];
}

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'bad' | 'caution';
}

/** A figure beside what was wanted of it. */
export interface Tile {
  readonly name: string;
  readonly value: string;
  /** "of 170 ms"; null where nothing was wanted. */
  readonly limit: string | null;
  /** `behind`: less than was offered, though no threshold says so. */
  readonly state: 'holds' | 'missed' | 'undecided' | 'behind' | null;
}

/** A threshold on latency. */
export interface LimitLine {
  readonly expression: string;
  readonly atUs: number;
  readonly ok: boolean;
}

/** The total is the sum of its parts. */
export interface Equation {
  readonly subject: string;
  readonly total: Fact;
  readonly parts: readonly Fact[];
}

export interface Tally {
  readonly name: string;
  readonly count: number;
}

/** Column-wise, one entry per second of the run. */
export interface TimeSeries {
  /** Where every chart over time ends, seconds since run start. */
  readonly endSecond: number;
  readonly warmupEndUs: number;
  readonly measureEndUs: number;
  readonly second: readonly number[];
  readonly offered: readonly number[];
  readonly sent: readonly number[];
  readonly delivered: readonly number[];
  /** µs; null where nothing measured arrived. */
  readonly p50Us: readonly (number | null)[];
  readonly p95Us: readonly (number | null)[];
  readonly p99Us: readonly (number | null)[];
  readonly skipped: readonly number[];
  readonly latenessMaxUs: readonly number[];
  readonly events: readonly { readonly atUs: number; readonly kind: string; readonly text: string }[];
}

/** Deliveries by second and band of latency. */
export interface HeatData {
  /** Of the bands, ascending, µs: one more than there are bands. */
  readonly edgesUs: readonly number[];
  /** Per second of `TimeSeries.second`, one count per band. */
  readonly counts: readonly (readonly number[])[];
}

export interface ProcessData {
  /** Which is the busiest, in a sentence. */
  readonly finding: string;
  readonly cpu: readonly NamedColumn[];
  readonly memory: readonly NamedColumn[];
}

/** A series with a clock of its own: value i is of atUs[i], from run start on. */
export interface NamedColumn {
  readonly name: string;
  readonly atUs: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Series that share an axis. */
export interface ObservedChart {
  readonly title: string;
  readonly note: string;
  readonly unit: ObservedUnit;
  readonly columns: readonly NamedColumn[];
}

export interface QueueData {
  readonly source: string;
  readonly intervalMs: number;
  readonly atUs: readonly number[];
  readonly ready: readonly number[];
  readonly inFlight: readonly (number | null)[];
}
