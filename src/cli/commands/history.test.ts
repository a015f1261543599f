import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { historySchema } from '../../report/json/history-schema.ts';
import { writeResult } from '../../result/result-file.ts';
import { writeRepeatFixture } from '../../testing/repeat-fixture.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
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
  const { stdout, stderr, exitCode } = await runInProcess(['history', 'small', '--json'], { cwd: directory });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^left out: reports\/cut\/result\.json: truncated or not JSON/);
  const history = historySchema.parse(JSON.parse(stdout));
  expect(history.runs).toHaveLength(16);
  expect(history.series.find(({ subject }) => subject === 'delivery.p95')?.changes).toEqual([
    expect.objectContaining({ index: 8, ratio: expect.closeTo(2.1, 1) }),
  ]);
});

it('writes a page that loads nothing', async () => {
  const { stdout } = await runInProcess(['history', '--html', 'trend.html'], { cwd: directory });
  expect(stdout).toContain('16 runs of small on embedded');
  expect(stdout).toContain('1 run of other machines');
  const page = readFileSync(join(directory, 'trend.html'), 'utf8');
  expect(page).toContain(`default-src 'none'`);
  expect(page).not.toMatch(/(?:src|href)=/);
});

it('says that there are no runs', async () => {
  const { stdout, stderr, exitCode } = await runInProcess(['history', 'burst'], { cwd: directory });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(/^error: reports: there are no runs of "burst" in it\nhint: /m);
});

it('takes a repeat for one run, without the trials that were set aside, and no copy of any of them', async () => {
  const reports = join(directory, 'repeats');
  const write = (place: string, id: string, us: number) =>
    writeResult(join(reports, place), smallResult({ histograms: { delivery: [us, us, us] }, run: { id } }));
  await writeRepeatFixture(join(reports, 'repeat'), ['a', 'b', 'c'], ['disturbed']);
  await Promise.all([
    write('repeat/a', 'a', 10_000),
    write('repeat/b', 'b', 30_000),
    write('repeat/c', 'c', 11_000),
    write('repeat/disturbed', 'disturbed', 99_000),
    write('repeat/not-yet-listed', 'not-yet-listed', 99_000),
    write('baselines/main/a', 'a', 10_000),
    write('baselines/quiet/disturbed', 'disturbed', 99_000),
    write('single', 'single', 20_000),
  ]);
  mkdirSync(join(reports, 'baselines', 'copy'));
  cpSync(join(reports, 'repeat'), join(reports, 'baselines', 'copy'), { recursive: true });
  const { stdout, stderr } = await runInProcess(['history', '--json', '--reports', 'repeats'], { cwd: directory });
  expect(stderr).toBe('');
  const { runs, series } = JSON.parse(stdout) as {
    runs: { id: string; trials: number }[];
    series: { values: number[] }[];
  };
  expect(runs.map(({ id, trials }) => [id, trials])).toEqual([
    ['a', 3],
    ['single', 1],
  ]);
  expect(series[0]!.values).toEqual([expect.closeTo(11_000, -2), expect.closeTo(20_000, -2)]);
});
