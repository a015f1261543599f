import { readFileSync } from 'node:fs';
import type { RunSample } from '../gate/compare/run-sample.ts';

/** Real runs, as a comparison sees them. */
export interface RecordedRuns {
  readonly machine: string;
  readonly recordedAt: string;
  readonly command: string;
  readonly runs: readonly RunSample[];
}

export const RECORDED_RUNS = new URL('../../src/testing/recorded-runs.json', import.meta.url);

/** Runs of one scenario on one machine, in the order in which they were made; made by `compact-runs.ts`. */
export function readRecordedRuns(): RecordedRuns {
  return JSON.parse(readFileSync(RECORDED_RUNS, 'utf8')) as RecordedRuns;
}
