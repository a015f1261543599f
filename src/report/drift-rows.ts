import type { Verdict } from '../gate/verdict.ts';
import { formatChange, formatHours } from '../quantities.ts';

/** How a figure went over time, as text. */
export interface DriftRow {
  readonly name: string;
  /** "+440 MB". */
  readonly perHour: string;
  /** "+420 MB to +460 MB". */
  readonly interval: string;
  /** "steady", "drifts", or what it meets, and when. */
  readonly judgement: string;
  readonly drifts: boolean;
}

/** None where measure was too short to say, or its load changed. */
export function driftRows({ drift = [] }: Verdict): readonly DriftRow[] {
  return drift.map(({ name, unit, perHour, lowPerHour, highPerHour, drifts, limit }) => ({
    name,
    perHour: formatChange(unit, perHour),
    interval: `${formatChange(unit, lowPerHour)} to ${formatChange(unit, highPerHour)}`,
    judgement: !drifts
      ? 'steady'
      : limit === null
        ? 'drifts'
        : `drifts: ${limit.name} in ${formatHours(limit.inHours)} (${formatHours(limit.earliestHours)} to ${formatHours(limit.latestHours)})`,
    drifts,
  }));
}
