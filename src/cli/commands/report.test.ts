import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeExperiment } from '../../result/experiment-file.ts';
import { writeResult } from '../../result/result-file.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { writeRepeatFixture } from '../../testing/repeat-fixture.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { smallResult } from '../../testing/small-result.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-report-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

it('renders a run again from its result alone, and ends with 0 although the run failed', async () => {
  await writeResult(directory, smallResult({ scenario: { thresholds: ['delivery.p95 < 1ms'] } }));
  const { stdout, stderr, exitCode } = await runInProcess(['report', directory, '--json']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'chatbench.summary/1',
    verdict: 'fail',
    exitCode: 4,
    thresholds: [{ expression: 'delivery.p95 < 1ms', actual: '95 ms', ok: false }],
  });
  expect(existsSync(join(directory, 'report.html'))).toBe(true);
});

it('refuses a result that was cut short, in one line', async () => {
  writeFileSync(join(directory, 'result.json'), '{"schema": "chatbench.result/1", "id":');
  const { stdout, stderr, exitCode } = await runInProcess(['report', directory]);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(/^error: .*result\.json: truncated or not JSON \(\d+ characters\)\nhint: .*\n$/);
});

it('says that there is no run in a directory', async () => {
  const { stderr, exitCode } = await runInProcess(['report', join(directory, 'nothing')]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: .*nothing\/result\.json: no such file\nhint: /);
});

it('writes every format that is asked for where it is asked for', async () => {
  await writeResult(directory, smallResult({ scenario: { thresholds: ['delivery.p95 < 1ms'] } }));
  const out = join(directory, 'out');
  const { stderr, exitCode } = await runInProcess([
    ...['report', directory, '--format', 'html,md,junit,csv,hlog', '--format', 'github,benchmark,json', '--out', out],
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(readdirSync(out).sort()).toEqual([
    'annotations.txt',
    'benchmark.json',
    'junit.xml',
    'latency.hlog',
    'report.html',
    'report.md',
    'series.csv',
    'summary.json',
  ]);
  expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toMatchObject({ verdict: 'fail' });
});

it('lays several runs over each other in one report, and keeps what cannot be shared apart', async () => {
  const other = join(directory, 'other');
  await writeResult(directory, smallResult());
  await writeResult(other, smallResult({ run: { id: '../../escape' } }));
  const out = join(directory, 'both');
  const { exitCode } = await runInProcess([
    'report',
    directory,
    other,
    '--format',
    'html,csv',
    '--out',
    out,
    '--quiet',
  ]);
  expect(exitCode).toBe(0);
  expect(readdirSync(out).sort()).toEqual(['1-tiny', '2-______escape', 'report.html']);
  const alone = await runInProcess(['report', directory, other]);
  expect([alone.exitCode, alone.stderr.split('\n')[0]]).toEqual([2, 'error: report: expected --out DIR for 2 runs']);
});

it('renders the trials of a repeat that count together, beside its index', async () => {
  const repeat = join(directory, 'repeat');
  await writeRepeatFixture(repeat, ['one', 'two'], ['aside']);
  const { stdout, stderr, exitCode } = await runInProcess(['report', repeat, '--format', 'html,csv']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toContain(join(repeat, 'report.html'));
  expect(readdirSync(repeat).filter((name) => !/^(one|two|aside|repeat\.json)$/.test(name))).toEqual([
    '1-one',
    '2-two',
    'report.html',
  ]);
  const byIndex = await runInProcess(['report', join(repeat, 'repeat.json'), '--quiet']);
  expect({ stderr: byIndex.stderr, exitCode: byIndex.exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

it('tells a job of GitHub Actions what was missed, and adds to its summary', async () => {
  await writeResult(directory, smallResult({ scenario: { thresholds: ['delivery.p95 < 1ms'] } }));
  const summary = join(directory, 'step-summary.md');
  writeFileSync(summary, 'before\n');
  const { stderr, stdout } = await runInProcess(['report', directory, '--format', 'github', '--json'], {
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
  });
  expect(stderr).toBe('::error title=chatbench small::delivery.p95 < 1ms did not hold: it was 95 ms.\n');
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'fail' });
  expect(readFileSync(summary, 'utf8')).toMatch(/^before\n## ❌ Fail: small\n/);
});

it('knows its formats', async () => {
  const { stderr, exitCode } = await runInProcess(['report', directory, '--format', 'html,junti']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^error: --format html,junti: unknown format "junti", did you mean "junit"\?\nhint: formats are /,
  );
});

it('renders an experiment again, and refuses formats that only a run has', async () => {
  const path = join(directory, 'experiment');
  mkdirSync(path);
  await writeExperiment(path, experimentFixture([stepFixture(100, 2), stepFixture(200, 9)]));
  const { stdout, stderr, exitCode } = await runInProcess(['report', path]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toContain(join(path, 'report.html'));
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toContain('<title>chatbench experiment</title>');
  const refused = await runInProcess(['report', path, '--format', 'html,csv']);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/^error: report: an experiment is rendered as html only, not as csv\nhint: /);
});
