import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Drift } from '../diagnosis/drift/drift.ts';
import type { ExitCode } from '../errors.ts';

/** The judgement of a run: what the exit code, the summary and the report say. */
export interface Verdict {
  readonly status: 'pass' | 'fail' | 'invalid';
  readonly exitCode: ExitCode;
  readonly thresholds: readonly ThresholdOutcome[];
  readonly warnings: readonly Warning[];
  /** Why the run is slow, the most telling first, at most three; absent: nobody asked, or it is invalid. */
  readonly diagnosis?: readonly Diagnosis[];
  /** How its figures went over time; absent or empty: too short to say, or its load changed. */
  readonly drift?: readonly Drift[];
}

export interface ThresholdOutcome {
  readonly expression: string;
  /** The measured value with its unit, or "no data". */
  readonly actual: string;
  /** It was seen to hold. */
  readonly ok: boolean;
  /**
   * Why it neither holds nor is missed, `ok` being false: what the generator did itself may explain it, or there are too few values to
   * say. Absent where it does one.
   */
  readonly undecided?: string;
}

/** A way in which a number may lie. `invalidates`: the run's figures cannot be trusted, the verdict is invalid. */
export interface Warning {
  readonly code: WarningCode;
  readonly invalidates: boolean;
  readonly message: string;
  readonly remedy: string;
}

/** What the run as a whole is looked at for, or, of the last two, each threshold. */
export type WarningCode =
  | 'no-data'
  | 'interrupted'
  | 'aborted'
  | 'shard-lost'
  | 'lateness'
  | 'history-lateness'
  | 'lateness-share'
  | 'closed-loop'
  | 'fault-failed'
  | 'skipped'
  | 'paused'
  | 'odd-values'
  | 'connections-failed'
  | 'connections-dropped'
  | 'connect-pace'
  | 'frames-untold'
  | 'generator-cpu'
  | 'generator-starved'
  | 'generator-throttled'
  | 'generator-blocked'
  | 'host-steal'
  | 'host-foreign'
  | 'generator-gc'
  | 'generator-files'
  | 'generator-ports'
  | 'generator-buffered'
  | 'warming-up'
  | 'warmup-loss'
  | 'no-history'
  | 'misrouted'
  | 'duplicated'
  | 'reordered'
  | 'rejected'
  | 'limited'
  | 'rooms-left'
  | 'target-defect'
  | 'tls-unverified'
  | 'queue-unobserved'
  | 'queue-gaps'
  | 'queue-plateau'
  | 'observed-gaps'
  | 'undecided'
  | 'too-few';
