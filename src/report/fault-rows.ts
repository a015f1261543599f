import { formatDuration } from '../quantities.ts';
import type { RunResult } from '../result/run-result.ts';

/** What became of one fault. Times since the start of the run, µs. */
export interface FaultRow {
  readonly atUs: number;
  /** "pause gateway-2 for 3.00 s". */
  readonly text: string;
  /** When it was over; null where it was over at once, as a kill is, or its end was not seen. */
  readonly endUs: number | null;
  /** Why it could not be brought about, or ended; null where it could. */
  readonly failure: string | null;
}

/** The faults that began, in order of time. */
export function faultRows({ timeline }: Pick<RunResult, 'timeline'>): readonly FaultRow[] {
  return timeline.flatMap(({ atUs, kind, text, fault }) => {
    if (kind !== 'fault' || fault === undefined) return [];
    const after = (what: string) => timeline.find((event) => event.fault === fault && event.kind === what);
    const failure = after('fault-failed')?.text ?? null;
    const reason = failure?.startsWith(`${text}: `) ? failure.slice(text.length + 2) : failure;
    return [{ atUs, text, endUs: after('fault-end')?.atUs ?? null, failure: reason }];
  });
}

/** "over at 15 s", "failed: no such component"; null where there is nothing to say. */
export function describeOutcome({ endUs, failure }: FaultRow): string | null {
  if (failure !== null) return `failed: ${failure}`;
  return endUs === null ? null : `over at ${formatDuration(endUs)}`;
}
