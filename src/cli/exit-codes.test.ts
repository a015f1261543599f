import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatbenchError, EXIT, type ExitCode } from '../errors.ts';
import { judge } from '../gate/judge.ts';
import { runCommand } from '../testing/run-command.ts';
import { smallResult } from '../testing/small-result.ts';
import { listExitCodes } from './exit-codes.ts';
import { printError } from './print-error.ts';
import { exitCodeOf } from './run/run-signals.ts';
import { worstExitCode } from './series/worst-exit-code.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-exit-'));
  writeFileSync(join(directory, 'mine.yaml'), 'name: mine\nquestion: Is anybody there?\nrate: 5/s\nduration: 1s\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('each exit code is what the documents say', () => {
  it('0: every threshold holds', () => expect(judge(smallResult(), ['lost == 0']).exitCode).toBe(0));

  it('1: a bug', () => expect(printError(new TypeError('a bug'))).toBe(1));

  it('2: wrong usage, and nothing is run', async () => {
    expect((await runCommand(['run', 'burst', '--rate', '0'])).exitCode).toBe(2);
  });

  it('3: nobody answers at the address', async () => {
    const { stdout, stderr, exitCode } = await runCommand(
      ['run', './mine.yaml', '--target', 'ws://127.0.0.1:9/', '--warmup', '0s', '--quiet'],
      { cwd: directory },
    );
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toMatch(/^error: ws:\/\/127\.0\.0\.1:9\/: no connection could be opened/);
  });

  it('4: a threshold does not hold', () => expect(judge(smallResult(), ['lost > 0']).exitCode).toBe(4));

  it('5: no data', () => expect(judge(smallResult({ histograms: { delivery: [] } }), []).exitCode).toBe(5));

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
    ['hand', 130],
  ] as const)('%s: %i, also of a run that would have passed', (signal, exitCode) => {
    expect(judge(smallResult({ run: { interruptedBy: signal } }), ['lost == 0']).exitCode).toBe(exitCode);
    expect(exitCodeOf({ interruptedBy: () => signal }, EXIT.pass)).toBe(exitCode);
  });

  it('every error of an operator ends with one of them', () => {
    expect(new ChatbenchError('target-failed', 'redis died').exitCode).toBe(3);
    expect(new ChatbenchError('fingerprints-differ', 'other machine').exitCode).toBe(2);
  });

  it('all are printed, each with a meaning', () => {
    const listed = listExitCodes();
    expect(listed.map(({ exitCode }) => exitCode)).toEqual(Object.values(EXIT));
    for (const { meaning } of listed) expect(meaning).toMatch(/^\S.{10}/);
  });
});

it('the README says the same of each', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const table = readme.slice(readme.indexOf('## Exit codes'), readme.indexOf('`--json` prints one object'));
  const rows = [...table.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => `${code}  ${meaning}`);
  expect(rows).toEqual(listExitCodes().map(({ exitCode, meaning }) => `${exitCode}  ${meaning}`));
});

describe('of several trials', () => {
  it.each([
    [[0, 0, 0], 0],
    [[0, 4, 0], 4],
    [[4, 5, 0], 5],
    [[5, 3], 3],
    [[5, 130, 4], 130],
    [[], 5],
  ] as const)('%j is %i', (exitCodes, worst) => expect(worstExitCode(exitCodes as readonly ExitCode[])).toBe(worst));
});
