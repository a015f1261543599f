import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { historySchema } from '../../report/json/history-schema.ts';
import { writeResult } from '../../result/result-file.ts';
import { runCommand } from '../../testing/run-command.ts';
import { smallResult } from '../../testing/small-result.ts';

let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-history-'));
  for (let day = 1; day <= 16; day++) {
    const factor = day <= 8 ? 1 : 2;
    const delivery = Array.from({ length: 100 }, (_, index) => (10_000 + 30 * index + 100 * day) * factor);
    const run = { id: `day-${day}`, startedAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z` };
    const place = day % 2 === 0 ? join('series', `trial-${day}`) : `day-${day}`;
    await writeResult(join(directory, 'reports', place), smallResult({ histograms: { delivery }, run }));
  }
  const { environment } = smallResult();
  const elsewhere = { id: 'elsewhere', environment: { ...environment, cpu: 'other' } };
  await writeResult(join(directory, 'reports', 'elsewhere'), smallResult({ run: elsewhere }));
  await writeResult(join(directory, 'reports', 'baselines', 'main', 'copy'), smallResult({ run: { id: 'day-1' } }));
  mkdirSync(join(directory, 'reports', 'cut'));
  writeFileSync(join(directory, 'reports', 'cut', 'result.json'), '{"schema":');
  symlinkSync('day-15', join(directory, 'reports', 'latest'));
});
afterAll(() => rmSync(directory, { recursive: true }));

it('shows runs of one kind over time, each once, and from when a level holds', async () => {
  const { stdout, stderr, exitCode } = await runCommand(['history', 'small', '--json'], { cwd: directory });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^left out: reports\/cut\/result\.json: truncated or not JSON/);
  const history = historySchema.parse(JSON.parse(stdout));
  expect(history.runs).toHaveLength(16);
  expect(history.series.find(({ subject }) => subject === 'delivery.p95')?.changes).toEqual([
    { index: 8, ratio: expect.closeTo(2.1, 1), p: expect.any(Number) },
  ]);
});

it('writes a page that loads nothing', async () => {
  const { stdout } = await runCommand(['history', '--html', 'trend.html'], { cwd: directory });
  expect(stdout).toContain('16 runs of small on embedded');
  expect(stdout).toContain('1 run of other machines');
  const page = readFileSync(join(directory, 'trend.html'), 'utf8');
  expect(page).toContain(`default-src 'none'`);
  expect(page).not.toMatch(/(?:src|href)=/);
});

it('says that there are no runs', async () => {
  const { stdout, stderr, exitCode } = await runCommand(['history', 'burst'], { cwd: directory });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(/^error: reports: there are no runs of "burst" in it\nhint: /m);
});
