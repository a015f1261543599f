import type { ExperimentWords } from '../describe-experiment.ts';
import type { ObservedOfSteps } from '../observed-of-steps.ts';
import type { Fact } from './report-data.ts';

/** All that the page of an experiment shows, computed beforehand. Foreign strings are values only, never keys. */
export interface ExperimentData {
  readonly heading: {
    readonly kind: string;
    readonly scenario: string;
    readonly question: string;
    /** ISO 8601, UTC. */
    readonly startedAt: string;
    readonly id: string;
  };
  readonly words: ExperimentWords;
  readonly headline: readonly Fact[];
  /** What kept it from more; none where nothing was searched. */
  readonly bindings: readonly Fact[];
  /** Null where there is nothing to draw: a matrix, or fewer than two points. */
  readonly curve: CurveData | null;
  readonly steps: readonly StepRow[];
  /** What the size of a room costs; null where that is not varied. */
  readonly fanout: FanoutData | null;
  /** Whether steps are alternatives to choose from rather than points of a scale. */
  readonly isComparison: boolean;
  /** The most of what was observed beside each step; null where nothing was. */
  readonly observed: ObservedOfSteps | null;
  readonly target: readonly Fact[];
  readonly environment: readonly Fact[];
  readonly command: string;
}

/** Column-wise, one entry per point, in the order of what was varied: x may turn back where throughput falls. */
export interface CurveData {
  /** What x is: deliveries per second where the rate was varied, else what was varied. */
  readonly axis: 'delivered' | 'clients' | 'room-size';
  readonly x: readonly number[];
  /** Null where nothing arrived, or where the percentile lies among what was lost. */
  readonly p50Us: readonly (number | null)[];
  readonly p95Us: readonly (number | null)[];
  readonly p99Us: readonly (number | null)[];
  readonly held: readonly boolean[];
  /** Points to mark. */
  readonly knee: number | null;
  readonly capacity: number | null;
}

export interface FanoutData {
  /** Members of a room, one for each point of the curve, ascending. */
  readonly x: readonly number[];
  readonly held: readonly boolean[];
  /** p95 until the first, median and last recipient has a message, µs; null where it lies among what was lost, or without data. */
  readonly p95Us: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** A row for each step: p50 and p95 of each of them, µs; Infinity for what never arrived, null without data. */
  readonly rows: readonly { readonly label: string; readonly us: readonly (number | null)[] }[];
}

export interface StepRow {
  readonly label: string;
  readonly held: boolean;
  readonly verdict: 'pass' | 'fail' | 'invalid';
  readonly offeredPerSecond: number | null;
  readonly deliveredPerSecond: number | null;
  /** µs; Infinity for what never arrived, null without data. */
  readonly p50Us: number | null;
  readonly p95Us: number | null;
  readonly p99Us: number | null;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly queueDepthMax: number | null;
  readonly queueDrainUs: number | null;
  /** Why it did not hold. */
  readonly reasons: string;
  readonly directory: string;
  readonly isKnee: boolean;
  /** The one to choose. */
  readonly isBest: boolean;
}
