import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judge } from '../../gate/judge.ts';
import { buildReportData } from '../../report/html/build-report-data.ts';
import { RESULT_FILE, writeResult } from '../../result/result-file.ts';
import { simulateSoak } from '../../testing/simulate-soak.ts';
import { readUsedMemory } from '../../testing/used-memory.ts';

const HOUR = 3_600;
/**
 * As long as it takes to tell 12 bytes that stay of each second, 2 MB in a week, from the rise and fall of memory while a run thins its
 * seconds out: that is done four times after the first three hours.
 */
const HOURS = 48;
const GROWTH_PER_SECOND = 12;

it('two days of four shards leave a small result, and take no more memory than three hours', {
  timeout: 1_200_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-week-'));
  try {
    const used: number[] = [];
    const onSecond = (second: number) => {
      if (second % HOUR === 0) used.push(readUsedMemory());
    };
    const { result, lost, warnings } = await simulateSoak(directory, HOURS * HOUR, { onSecond });
    expect(warnings).toEqual([]);
    expect(Math.max(...used.slice(3)) - Math.max(...used.slice(0, 4))).toBeLessThan(
      GROWTH_PER_SECOND * (HOURS - 3) * HOUR,
    );
    const { every, total, figures } = result.seconds!;
    expect([every, total]).toEqual([128, HOURS * HOUR + 1]);
    expect(figures).toHaveLength(2);
    expect(lost).toBe(4 * HOURS);
    await writeResult(directory, result);
    expect(statSync(join(directory, RESULT_FILE)).size).toBeLessThan(5e6);
    const verdict = judge(result, result.scenario.thresholds);
    expect(JSON.stringify(buildReportData(result, verdict)).length).toBeLessThan(2e6);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
