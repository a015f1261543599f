import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../report/json/comparison-schema.ts';
import { readRepeatIndex, writeRepeatIndex } from '../../result/repeat-index.ts';
import { writeResult } from '../../result/result-file.ts';
import { runCommand } from '../../testing/run-command.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { type SmallResultParts, smallResult } from '../../testing/small-result.ts';

let directory: string;

const DISTURBED = { host: { stealRatio: 0.25, foreignRatio: null, series: null } };

/** A directory of trials whose deliveries take `factor` times 10 to 20 ms, each trial `stepUs` more than the one before. */
async function writeTrials(
  name: string,
  trials: number,
  factor: number,
  parts: SmallResultParts = {},
  stepUs = 50,
): Promise<void> {
  const names = Array.from({ length: trials }, (_, index) => `trial-${String(index + 1).padStart(2, '0')}`);
  for (const [index, trial] of names.entries()) {
    const delivery = Array.from({ length: 100 }, (_, value) =>
      Math.round((10_000 + 100 * value + stepUs * index) * factor),
    );
    const histograms = { delivery, ...parts.histograms };
    const result = smallResult({ ...parts, histograms, run: { id: `${name}-${index}`, ...parts.run } });
    await writeResult(join(directory, name, trial), result);
  }
  await writeRepeatIndex(join(directory, name), {
    schema: 'chatbench.repeat/1',
    scenario: 'small',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: ['chatbench', 'run', 'small', '--repeat', String(trials)],
    planned: trials,
    exitCode: 0,
    trials: names.map((trial, index) => ({
      directory: trial,
      id: `${name}-${index}`,
      verdict: 'pass',
      exitCode: 0,
      stealRatio: 0,
    })),
    maxStealRatio: 0.02,
    overBudget: 0,
    setAside: [],
    figures: {},
  });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-compare-'));
  await writeTrials('before', 5, 1);
  await writeTrials('same', 5, 1);
  await writeTrials('slow', 5, 1.9);
  await writeTrials('few', 2, 1);
  await writeTrials('noisy', 5, 1, {}, 5_000);
  await writeTrials('disturbed', 5, 1.9, { run: DISTURBED });
  await writeTrials('delayed', 5, 1.9, {
    run: DISTURBED,
    histograms: { lateness: Array.from({ length: 100 }, () => 3_000) },
  });
  await writeTrials('late', 5, 1, { samples: { oddValues: 1 } });
  const { environment } = smallResult();
  await writeTrials('elsewhere', 5, 1, { run: { environment: { ...environment, cpu: 'other' } } });
  mkdirSync(join(directory, 'empty'));
  cpSync(join(directory, 'before'), join(directory, 'cut'), { recursive: true });
  const cut = join(directory, 'cut', 'trial-03', 'result.json');
  writeFileSync(cut, readFileSync(cut, 'utf8').slice(0, 500));
  cpSync(join(directory, 'before'), join(directory, 'cut-index'), { recursive: true });
  writeFileSync(join(directory, 'cut-index', 'repeat.json'), '{"schema": "chatbench.repeat/1",');
  cpSync(join(directory, 'before'), join(directory, 'gone'), { recursive: true });
  rmSync(join(directory, 'gone', 'trial-02'), { recursive: true });
});
afterAll(() => rmSync(directory, { recursive: true }));

const chatbench = (...args: string[]) => runInProcess(args, { cwd: directory });

describe('chatbench compare', () => {
  it('annotates a job of GitHub Actions with each subject that is worse, and adds to its summary', async () => {
    const summary = join(directory, 'summary.md');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { stdout, stderr, exitCode } = await runCommand(['compare', 'before', 'slow', '--json'], {
      cwd: directory,
      env,
    });
    const { reasons } = comparisonSchema.parse(JSON.parse(stdout));
    expect(exitCode).toBe(4);
    expect(stderr.trimEnd().split('\n')).toEqual(
      reasons.map((reason) => `::error title=chatbench slow against before::${reason.replaceAll('%', '%25')}`),
    );
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ Fail: slow against before\n/);
  });

  it.each([
    [
      'the same twice',
      'before',
      'same',
      0,
      'pass',
      /^no regression found; the smallest it could have found: delivery\.p50 × 1\.10, /,
    ],
    ['nearly twice as slow', 'before', 'slow', 4, 'fail', /^delivery\.p50 is worse: 15(\.\d)? ms → 28\.\d ms, × 1\.90/],
    ['nearly twice as fast', 'slow', 'before', 0, 'pass', /^no regression found; /],
    ['too few runs', 'before', 'few', 5, 'inconclusive', /^too few runs: 5 against 2/],
    ['invalid runs', 'before', 'late', 5, 'inconclusive', /^late: run late-0 is invalid: /],
  ])('%s: %s %s ends with %i', async (_, base, head, exitCode, verdict, reason) => {
    const transcript = await chatbench('compare', base, head, '--json');
    expect({ stderr: transcript.stderr, exitCode: transcript.exitCode }).toEqual({ stderr: '', exitCode });
    const comparison = comparisonSchema.parse(JSON.parse(transcript.stdout));
    expect(comparison).toMatchObject({ verdict, exitCode });
    expect(comparison.reasons[0]).toMatch(reason);
  });

  it.each([
    ['an empty directory', 'empty', /^error: empty: there is no run in it, expected result\.json\nhint: /],
    ['nothing at all', 'nowhere', /^error: nowhere: no such directory, and no baseline of that name\nhint: /],
    [
      'a truncated result',
      'cut',
      /^error: cut\/trial-03\/result\.json: truncated or not JSON \(500 characters\)\nhint: /,
    ],
    ['a truncated index', 'cut-index', /^error: cut-index\/repeat\.json: truncated or not JSON .*\nhint: /],
    ['a trial that is gone', 'gone', /^error: gone\/trial-02\/result\.json: no such file\nhint: /],
    [
      'another machine',
      'elsewhere',
      /^error: before and elsewhere cannot be compared\nerror: machine: any, .* ≠ other, /,
    ],
  ])('refuses %s with exit code 2', async (_, head, told) => {
    const { stdout, stderr, exitCode } = await chatbench('compare', 'before', head);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(told);
  });

  it.each([
    ['before', 'disturbed', 4, / ! the hypervisor took 0 % of the CPU time in base's runs and 25 % in head's /],
    ['before', 'delayed', 5, / delivery\.p99 × 1\.90: worse, but the hypervisor took 0 % .* lateness is × 3\.0/],
    ['disturbed', 'before', 0, / ! the hypervisor took 25 % of the CPU time in base's runs and 0 % in head's /],
    ['disturbed', 'disturbed', 0, /^(?!.*hypervisor)/],
  ])('%s against %s: says where the hypervisor disturbed one side alone', async (base, head, exitCode, told) => {
    const transcript = await chatbench('compare', base, head);
    expect(transcript.exitCode).toBe(exitCode);
    expect(transcript.stdout.replaceAll(/\s+/g, ' ')).toMatch(told);
  });

  it('compares what differs where somebody insists, and says so', async () => {
    const { stdout, exitCode } = await chatbench('compare', 'before', 'elsewhere', '--force');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('! compared although these differ:\n   machine: any, 2 cores');
  });

  it('takes tolerances and a floor', async () => {
    expect((await chatbench('compare', 'before', 'slow', '--tolerance', 'p50=100%')).exitCode).toBe(0);
    expect((await chatbench('compare', 'before', 'slow', '--floor', '1s')).exitCode).toBe(0);
    const wrong = await chatbench('compare', 'before', 'slow', '--tolerance', 'p5=1%');
    expect(wrong).toMatchObject({
      stdout: '',
      stderr: 'error: --tolerance p5=1%: unknown statistic "p5", did you mean "p50"?\n',
      exitCode: 2,
    });
  });

  it('passes only with the power to fail where that is required', async () => {
    expect((await chatbench('compare', 'before', 'same', '--require-power')).exitCode).toBe(0);
    const { stdout, exitCode } = await chatbench('compare', 'noisy', 'noisy', '--require-power');
    expect(exitCode).toBe(5);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /INCONCLUSIVE .* delivery\.p50: only × \d\.\d\d or more would have been found/,
    );
    expect((await chatbench('compare', 'noisy', 'noisy')).exitCode).toBe(0);
  });

  it('prints the table and writes the same comparison into a file', async () => {
    const { stdout, exitCode } = await chatbench('compare', 'before', 'slow', '--out', 'comparison.json');
    expect({ exitCode, table: stdout.includes('FAIL  head against base') }).toEqual({ exitCode: 4, table: true });
    const written = comparisonSchema.parse(JSON.parse(readFileSync(join(directory, 'comparison.json'), 'utf8')));
    expect(written.verdict).toBe('fail');
    const unwritable = await chatbench('compare', 'before', 'same', '--out', 'empty');
    expect(unwritable).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: --out empty: cannot be written/),
    });
  });

  it('says so where head cannot be measured again', async () => {
    const { stdout, stderr, exitCode } = await runCommand(['compare', 'before', 'slow', '--confirm'], {
      cwd: directory,
    });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toContain("error: --confirm: head's command ended with 2\nhint: it was: chatbench run small");
  });

  it('does not run a command that a secret was taken out of', async () => {
    const place = join(directory, 'secret');
    cpSync(join(directory, 'slow'), place, { recursive: true });
    const command = ['chatbench', 'run', 'small', '--target', 'ws://127.0.0.1:9/?token=***'];
    await writeRepeatIndex(place, { ...(await readRepeatIndex(place))!, command });
    const { stdout, stderr, exitCode } = await chatbench('compare', 'before', 'secret', '--confirm');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(
      /\nerror: --confirm: head's command had a secret, which results do not keep: ws:\/\/127\.0\.0\.1:9\/\?token=\*\*\*\nhint: .*chatbench ab … --confirm\n$/,
    );
  });

  it('knows baselines by their names', async () => {
    expect(await chatbench('baseline', 'save', 'main', 'before')).toMatchObject({
      stdout: 'saved 5 runs as baseline main: reports/baselines/main\n',
      exitCode: 0,
    });
    expect((await chatbench('baseline', 'list')).stdout).toMatch(
      /^main +5 × small on embedded, p95 19\.\d ms, 2026-01-01/,
    );
    expect((await chatbench('compare', 'main', 'slow')).exitCode).toBe(4);
    const mistyped = await chatbench('compare', 'mian', 'slow');
    expect(mistyped.stderr).toContain('no baseline of that name, did you mean "main"?');
    expect((await chatbench('baseline', 'save', '../up', 'before')).exitCode).toBe(2);
    expect((await chatbench('baseline', 'save', 'main.7.tmp', 'before')).exitCode).toBe(2);
    cpSync(join(directory, 'reports/baselines/main'), join(directory, 'reports/baselines/main.7.tmp'), {
      recursive: true,
    });
    expect((await chatbench('baseline', 'list')).stdout.trim().split('\n')).toHaveLength(1);
  });

  it('says that there is no run to keep where none was made', async () => {
    const { stdout, stderr, exitCode } = await chatbench('baseline', 'save', 'main', '--reports', 'nothing-yet');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^error: no run in nothing-yet yet, expected one to keep\nhint: first `chatbench run/);
  });

  it('keeps no baseline that every comparison would stumble over', async () => {
    const { stdout, stderr, exitCode } = await chatbench('baseline', 'save', 'unsound', 'late');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(
      /^error: baseline unsound: expected sound runs, 5 of 5 in late cannot be used\nerror: run late-0: .*negative/,
    );
    expect((await chatbench('baseline', 'list')).stdout).not.toContain('unsound');
  });
});
