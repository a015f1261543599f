import { describe, expect, it } from 'vitest';
import type { RunResult } from '../result/run-result.ts';
import { encodeValues } from '../testing/encode-values.ts';
import { smallResult } from '../testing/small-result.ts';
import { fallOfP95 } from './warming-up.ts';

const SECOND = 1_000_000;

/** A measure of so many seconds behind one of warm-up, each with 50 deliveries of the time that `usIn` has for it. */
function run(seconds: number, usIn: (second: number) => number, parts: Partial<RunResult['scenario']> = {}): RunResult {
  const result = smallResult({ scenario: parts });
  const [interval] = result.samples.intervals;
  const intervals = Array.from({ length: seconds + 1 }, (_, second) => ({
    ...interval!,
    second,
    due: encodeValues(Array.from({ length: 50 }, () => usIn(second))),
  }));
  const phases = { warmupEndUs: SECOND, measureEndUs: (seconds + 1) * SECOND, drainEndUs: (seconds + 1) * SECOND };
  return { ...result, phases, samples: { ...result.samples, intervals } };
}

describe('p95 over a measure', () => {
  it('falls where the target gets faster under the same load', () => {
    const fall = fallOfP95(run(20, (second) => Math.max(450, 1_050 - 50 * second)));
    expect(fall?.firstUs).toBeCloseTo(1_000, -2);
    expect(fall?.lastUs).toBeCloseTo(450, -1);
  });

  it.each([
    ['it stays', run(20, () => 900)],
    ['it rises', run(20, (second) => 400 + 50 * second)],
    ['it falls by what runs differ by', run(20, (second) => (second < 10 ? 600 : 450))],
    ['it falls by microseconds', run(20, (second) => (second < 10 ? 150 : 50))],
    ['measure is short', run(7, (second) => 2_000 - 200 * second)],
    ['the load itself falls', run(20, (second) => 2_000 - 80 * second, { load: ramp() })],
  ])('does not where %s', (_, result) => {
    expect(fallOfP95(result)).toBeNull();
  });
});

function ramp(): RunResult['scenario']['load'] {
  const { load } = smallResult().scenario;
  return { ...load, stages: load.stages.map((stage) => ({ ...stage, fromPerSecond: 100, toPerSecond: 10 })) };
}
