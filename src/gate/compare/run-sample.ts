import type { ObservedUnit } from '../../choices.ts';
import { observedOfRun } from '../../record/observed-statistics.ts';
import { countUndeclaredRefusals } from '../../record/undeclared-refusals.ts';
import type { RunResult } from '../../result/run-result.ts';
import { assessValidity } from '../assess-validity.ts';
import type { CountName } from './count-names.ts';
import type { MachineFacts } from './machine-drift.ts';
import { readFigure } from './summarize-runs.ts';

/** What a comparison takes from one run: the sample of every test is the run, not the message. */
export interface RunSample extends MachineFacts {
  readonly id: string;
  /** Why its figures cannot be used; null for a sound run. */
  readonly problem: string | null;
  /** Subject such as "delivery.p95" → µs, lost deliveries at infinity; null without data. */
  readonly timesUs: Readonly<Record<string, number | null>>;
  readonly counts: Readonly<Record<CountName, number>>;
  /** The most of what was observed beside it; absent: nothing. */
  readonly observed?: readonly { readonly name: string; readonly unit: ObservedUnit; readonly max: number | null }[];
}

/** The figures of a run that a comparison gates on. */
export function sampleRun(result: RunResult, subjects: Iterable<string>): RunSample {
  const { ledger, connections } = result.samples;
  return {
    id: result.id,
    problem: findProblem(result),
    stealRatio: result.host.stealRatio,
    latenessUs: readFigure(result, 'lateness.p99'),
    timesUs: Object.fromEntries([...subjects].map((subject) => [subject, readFigure(result, subject)])),
    counts: {
      lost: ledger.lost,
      duplicated: ledger.duplicated,
      reordered: ledger.reordered,
      misrouted: ledger.misrouted,
      rejected: countUndeclaredRefusals(ledger, result.scenario.target),
      'connections failed': connections.failed,
      'connections dropped': connections.dropped,
    },
    ...(result.observed === undefined
      ? {}
      : {
          observed: result.observed.map((series) => {
            const { name, unit } = series;
            return { name, unit, max: observedOfRun(series, result.phases).max };
          }),
        }),
  };
}

function findProblem(result: RunResult): string | null {
  const invalidating = assessValidity(result).find(({ invalidates }) => invalidates);
  if (invalidating !== undefined) return invalidating.message;
  return result.completeness.status === 'partial' ? (result.completeness.reason ?? 'the run is partial') : null;
}
