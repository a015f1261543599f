import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { judge } from '../../gate/judge.ts';
import { buildReportData } from '../../report/html/build-report-data.ts';
import { readSeconds, SECONDS_FILE } from '../../result/seconds-file.ts';
import { simulateSoak } from '../../testing/simulate-soak.ts';
import { recoverRun } from './recover-run.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-seconds-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('a run that is not long has each of its seconds in its result, as they are on the disk', async () => {
  const { result, delivered, lost, warnings } = await simulateSoak(directory, 600);
  expect(warnings).toEqual([]);
  expect(result.seconds).toBeNull();
  const onDisk = [...readSeconds(directory)].map(({ interval }) => interval);
  expect(onDisk.map(({ second }) => second)).toEqual(result.samples.intervals.map(({ second }) => second));
  expect(onDisk.map(({ second }) => second)).toEqual(Array.from({ length: 601 }, (_, second) => second));
  expect(onDisk.reduce((sum, { delivery }) => sum + delivery.count, 0)).toBe(delivered);
  expect(result.samples.intervals.reduce((sum, interval) => sum + interval.lost, 0)).toBe(lost);
});

it('a long run keeps every so many of its seconds, and is judged by all of them', async () => {
  const { result, delivered, lost } = await simulateSoak(directory, 2_500, { isWatched: true });
  const { every, total, deliveredPerSecond, figures } = result.seconds!;
  expect([every, total]).toEqual([2, 2_501]);
  expect(result.samples.intervals.map(({ second }) => second)).toEqual(
    Array.from({ length: 1_251 }, (_, index) => index * 2),
  );
  // But for what arrives in drain.
  expect(deliveredPerSecond).toBeCloseTo((delivered - 4) / 2_500, 9);
  expect(figures).toEqual([
    // Four of 7,440 are lost, four of each second take 450 ms; the slowest twentieth begins among the others.
    {
      expression: 'delivery.p95 < 50ms for every 1m',
      value: expect.closeTo(39_000, -3),
      stretch: expect.anything(),
      ofTarget: expect.closeTo(39_000, -3),
    },
    { expression: 'delivery.max < 400ms during measure', value: null, stretch: null, ofTarget: null },
  ]);
  expect(lost).toBe(4);
  const verdict = judge(result, result.scenario.thresholds);
  expect(verdict.thresholds.map(({ ok }) => ok)).toEqual([true, false, false]);
  expect(verdict.thresholds[1]?.actual).toBe('∞');
  expect(JSON.stringify(result).length).toBeLessThan(5e6);
  expect(JSON.stringify(buildReportData(result, verdict)).length).toBeLessThan(2e6);
});

it('a run whose process was killed is put together from its seconds, those under way at the end left out', async () => {
  const { result } = await simulateSoak(directory, 2_500);
  const path = join(directory, SECONDS_FILE);
  const lines = readFileSync(path, 'utf8').split('\n');
  // Killed in the middle of a write, long after the process that the first line names.
  writeFileSync(path, [...lines.slice(0, 2_452), lines[2_452]!.slice(0, 40)].join('\n'));
  const recovered = await recoverRun(directory);
  const { samples, seconds, phases, completeness } = recovered.result;
  expect(completeness.status).toBe('partial');
  const { planned, sent, skipped, expected, once, lost } = samples.ledger;
  expect([planned, expected, lost]).toEqual([sent + skipped, once + lost, 4]);
  expect(once).toBe(4 * (31 * 2_451 - 1) - 4);
  expect(phases).toMatchObject({ measureEndUs: 2_451_000_000, drainEndUs: 2_451_000_000 });
  expect(seconds).toMatchObject({ every: 2, total: 2_451 });
  const early = (intervals: typeof samples.intervals) => intervals.filter(({ second }) => second <= 2_440);
  expect(early(samples.intervals)).toEqual(early(result.samples.intervals));
  const losses = samples.intervals.filter(({ lost }) => lost > 0).map(({ second, lost }) => [second, lost]);
  expect(losses).toEqual([[0, 4]]);
  expect(seconds?.figures[1]).toMatchObject({ value: null });
  expect(recovered.verdict.warnings.map(({ code }) => code)).toEqual(['interrupted', 'queue-unobserved']);
});

it('a disk that takes no seconds is told once, and the run goes on with those in memory', async () => {
  mkdirSync(join(directory, SECONDS_FILE));
  const { result, warnings } = await simulateSoak(directory, 2_500);
  expect(warnings).toEqual(['the seconds of the run could not be written (EISDIR)']);
  expect(result.seconds).toMatchObject({ every: 2, deliveredPerSecond: null, figures: [] });
  const { thresholds } = judge(result, result.scenario.thresholds);
  expect(thresholds.map(({ actual }) => actual)).toEqual(['no data', 'no data', '4']);
});
