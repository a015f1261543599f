import { formatDuration } from '../quantities.ts';
import { isKnownDespite } from '../record/known-despite.ts';
import type { RunResult } from '../result/run-result.ts';
import { type Measured, outcomeOf, type Threshold } from './threshold.ts';

/** Times that begin on the sender's clock and end on the recipient's. */
const ACROSS: readonly string[] = [
  'delivery',
  'deliveryOthers',
  'fanoutFirst',
  'fanoutMedian',
  'fanoutLast',
  'service',
];

export type ClocksOfRun = Pick<RunResult, 'clockErrorUs' | 'clockErrorsUs'>;

/** 0: one clock was. */
function errorOf({ metric: { breakdown } }: Threshold, { clockErrorUs = 0, clockErrorsUs = {} }: ClocksOfRun): number {
  return (breakdown === undefined ? undefined : clockErrorsUs[breakdown]) ?? clockErrorUs;
}

/** What the clocks of agents leave of a threshold. */
export interface ClockDoubt {
  readonly actual: string;
  /** Why it is undecided; null where it holds, or is missed, wherever in its interval the truth is. */
  readonly reason: string | null;
}

/**
 * Every delivery may be off by at most e, and so may each statistic of them: the truth lies in [value − e, value + e]. Null where one
 * clock measured it, or it is endless.
 *
 * @param actual as it is told without
 */
export function doubtClocks(
  threshold: Threshold,
  figure: Measured | null,
  actual: string,
  errors: ClocksOfRun,
): ClockDoubt | null {
  const clockErrorUs = errorOf(threshold, errors);
  if (clockErrorUs === 0 || figure === null || !ACROSS.includes(threshold.metric.name)) return null;
  const { value } = figure;
  if (!Number.isFinite(value)) return null;
  if (clockErrorUs < 0) return { actual: 'not known', reason: 'a clock of an agent was set during the run' };
  const error = `± ${formatDuration(clockErrorUs)}`;
  if (!isKnownDespite(clockErrorUs, value)) {
    return {
      actual: `not known (${error})`,
      reason: `the clocks of agents are known to ${error}, more than a tenth of it`,
    };
  }
  const ends = [value - clockErrorUs, value + clockErrorUs].map(
    (end) => outcomeOf(threshold, { ...figure, value: end }).ok,
  );
  const text = outcomeOf(threshold, { value, span: null }).actual;
  const reason = ends[0] === ends[1] ? null : `its limit lies within what the clocks of agents leave open, ${error}`;
  return { actual: actual.replace(text, `${text} ${error}`), reason };
}

export const CLOCK_REMEDY =
  'start each agent with --time-server HOST, a time server near it; or the run nearer to the agents, over a line of less delay; or ask for one agent, or for rooms that fit one';
