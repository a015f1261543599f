import { readFileSync } from 'node:fs';
import { DEFAULT_MAX_STEAL_RATIO, describeUnsound } from '../gate/compare/choose-trials.ts';
import type { RunSample } from '../gate/compare/run-sample.ts';

/** Runs of one scenario on one machine, in the order in which they were made; made by `compact-runs.ts`. */
export interface RecordedRuns {
  readonly machine: string;
  readonly recordedAt: string;
  readonly command: string;
  /** Why runs are not among the sound ones: invalid ones are not among `runs` at all, disturbed ones are. */
  readonly leftOut: { readonly invalid: number; readonly steal: number };
  /** All that are valid. */
  readonly runs: readonly RunSample[];
}

export const RECORDED_RUNS = new URL('./recorded-runs.json', import.meta.url);

export function readRecordedRuns(): RecordedRuns {
  return JSON.parse(readFileSync(RECORDED_RUNS, 'utf8')) as RecordedRuns;
}

/** Whether `run --repeat` would let it count by default. */
export function isSoundRun(run: RunSample): boolean {
  return describeUnsound(run, DEFAULT_MAX_STEAL_RATIO) === null;
}
