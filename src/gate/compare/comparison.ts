import type { ObservedUnit } from '../../choices.ts';
import type { ExitCode } from '../../errors.ts';
import type { CountName } from './count-names.ts';

/** The judgement of one set of runs against another. */
export interface Comparison {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly exitCode: ExitCode;
  /** Why, one line each; at least one. */
  readonly reasons: readonly string[];
  readonly base: ComparedSide;
  readonly head: ComparedSide;
  /** Chance of any false alarm among the times and the counts that are tested, at most. */
  readonly alpha: number;
  readonly floorUs: number;
  readonly floorCount: number;
  readonly times: readonly ComparedTime[];
  readonly counts: readonly ComparedCount[];
  /** What was observed beside the runs of both sides: their most, for whoever reads on, and not gated; absent: nothing. */
  readonly observed?: readonly ComparedObserved[];
  /** In what base and head differ besides, where the comparison was forced. */
  readonly differences: readonly string[];
  /** What may mislead whoever reads the figures, one line each. */
  readonly cautions: readonly string[];
  /** Of a regression that was measured again: whether it was there again. Null where it was not. */
  readonly confirmed: boolean | null;
}

export interface ComparedSide {
  readonly label: string;
  readonly runs: number;
  readonly invalid: readonly { readonly id: string; readonly problem: string }[];
}

/** Over the runs of one side; of times µs. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface ComparedTime {
  /** Such as "delivery.p95". */
  readonly subject: string;
  readonly tolerance: number;
  readonly base: Spread | null;
  readonly head: Spread | null;
  /** Hodges–Lehmann estimates of head ÷ base and head − base; null without data. */
  readonly ratio: number | null;
  readonly ratioInterval: readonly [low: number, high: number] | null;
  readonly differenceUs: number | null;
  /** Exact, one-sided; and adjusted by Holm over all that is tested. */
  readonly p: number | null;
  readonly adjustedP: number | null;
  readonly regressed: boolean;
  /** The smallest ratio that this comparison would have found in 80 % of cases; null where none, or not asked for. */
  readonly detectableRatio: number | null;
}

export interface ComparedObserved {
  readonly name: string;
  readonly unit: ObservedUnit;
  /** Of the most of each run, in the unit; null where a run has none. */
  readonly base: Spread | null;
  readonly head: Spread | null;
}

export interface ComparedCount {
  readonly name: CountName;
  readonly tolerance: number;
  /** Of the worst run. */
  readonly base: number;
  readonly head: number;
  /** All four as of a time, where base's runs have some; null where they have none, and a single one in head is too many. */
  readonly ratio: number | null;
  readonly difference: number | null;
  readonly p: number | null;
  readonly adjustedP: number | null;
  readonly regressed: boolean;
}
