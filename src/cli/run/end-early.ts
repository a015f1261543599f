import { type Abort, watchForAbort } from '../../gate/abort-watch.ts';
import type { ClocksOfRun } from '../../gate/doubt-clocks.ts';
import type { RunningTarget, TargetFailure } from '../../launch/running-target.ts';
import { formatCount } from '../../quantities.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { RunView } from './run-view.ts';

/** Why a run ended before its time. */
export interface EarlyEnd {
  /** The part of the target that died while it should run. */
  readonly failure: TargetFailure | null;
  /** The threshold that ended the run. */
  readonly aborted: Abort | null;
}

export interface EndWatch {
  /** Aborted when the run is to end, whoever wants it. */
  readonly signal: AbortSignal;
  /** All attempts to connect are over, and so many came of them. */
  noteConnected(opened: number): void;
  /**
   * @param queueDepth at the end of this second of the whole run; null where unknown
   * @param unsendable messages of measure, so far
   */
  observe(interval: RawInterval, queueDepth: number | null, unsendable: number): void;
  /** So far. */
  reasons(): EarlyEnd;
}

/**
 * Ends a run when a part of the target dies, when one of its thresholds says so, when the target has let nobody in, so that nothing can
 * come of it any more, or when the operator does (`signal`).
 */
export function endEarly(
  { aborts, phases, load, timeouts }: Scenario,
  target: RunningTarget,
  signal: AbortSignal,
  view: RunView,
  clocks: () => ClocksOfRun = () => ({}),
): EndWatch {
  const ended = new AbortController();
  const thresholds = watchForAbort(
    aborts,
    { warmupEndUs: phases.warmupUs, measureEndUs: phases.warmupUs + phases.measureUs, stages: load.stages },
    timeouts,
    clocks,
  );
  let failure: TargetFailure | null = null;
  let aborted: Abort | null = null;
  let isEmpty = false;
  void target.failure.then((reason) => {
    failure = reason;
    ended.abort();
  });
  return {
    signal: AbortSignal.any([signal, ended.signal]),
    noteConnected(opened) {
      isEmpty = opened === 0;
    },
    observe(interval, queueDepth, unsendable) {
      if (aborted !== null || signal.aborted) return;
      const atUs = (interval.second + 1) * 1_000_000;
      aborted =
        isEmpty && unsendable > 0
          ? { expression: NOBODY_SHUT_OUT, actual: formatCount(unsendable), atUs }
          : thresholds.observe(interval, queueDepth);
      if (aborted === null) return;
      view.note(`ending the run: '${aborted.expression}' is at ${aborted.actual}`);
      ended.abort();
    },
    reasons: () => ({ failure, aborted }),
  };
}

/** What is judged of every run. */
const NOBODY_SHUT_OUT = 'unsendable == 0';
