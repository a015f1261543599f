import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { ChatbenchError } from '../../errors.ts';
import { checkMatrixOptions, checkRunOptions, checkTrialOptions } from './check-options.ts';
import { resolveScenario } from './resolve-scenario.ts';
import { defineRunOptions } from './run-options.ts';

type Check = typeof checkRunOptions;
const ofTrials: Check = (scenario, options) => checkTrialOptions('--repeat', scenario, options);

/** The refusal, in the words of the command line; null where there is none. */
function refusalOf(check: Check, ...[scenario = '', ...flags]: readonly string[]): string | null {
  const command = defineRunOptions(new Command('run')).exitOverride();
  command.parse(flags, { from: 'user' });
  try {
    check(resolveScenario(scenario, command.opts()), command.opts());
    return null;
  } catch (error) {
    if (!(error instanceof ChatbenchError) || error.exitCode !== 2 || error.hint === null) throw error;
    expect(`${error.message}${error.hint}`).not.toContain('\n');
    return error.message;
  }
}

describe('--expected-connections', () => {
  test('goes with a search, whatever is searched', () => {
    expect(refusalOf(checkRunOptions, 'capacity', '--expected-connections', '1000')).toBeNull();
    expect(refusalOf(checkRunOptions, 'throughput-latency', '--expected-connections', '1000')).toBeNull();
  });

  test.each([
    ['a single run', checkRunOptions, 'burst'],
    ['a sweep', checkRunOptions, 'users'],
    ['trials', ofTrials, 'burst'],
    ['a matrix', checkMatrixOptions, 'burst'],
  ])('is refused for %s, which finds no capacity', (_, check, scenario) => {
    expect(refusalOf(check, scenario, '--expected-connections', '1000')).toBe(
      `--expected-connections 1000: scenario "${scenario}" finds no capacity to divide by, expected one with a search`,
    );
  });
});

describe('what would do nothing is refused', () => {
  test.each([
    ['a search in trials', ofTrials, ['capacity'], '--repeat: trials are single runs'],
    ['a sweep in trials', ofTrials, ['fan-out'], 'is a sweep, expected a single run'],
    ['a search in a matrix', checkMatrixOptions, ['throughput-latency'], 'matrix: each combination is run once'],
    ['a sweep in a matrix', checkMatrixOptions, ['users'], 'is a sweep, expected a single run'],
    ['a search in a session of two sides', ofTrials, ['throughput-latency'], 'a search of the highest rate'],
    [
      'a limit of trials of a single run',
      checkRunOptions,
      ['burst', '--max-trials', '3'],
      '--max-trials: what is run once',
    ],
    [
      'a limit of steal of a single run',
      checkRunOptions,
      ['burst', '--max-steal', '5%'],
      '--max-steal: what is run once',
    ],
    ['a limit of trials of a matrix', checkMatrixOptions, ['burst', '--max-trials', '3'], 'expected no --max-trials'],
    [
      'formats of an experiment',
      checkRunOptions,
      ['users', '--format', 'md,html,csv'],
      '--format md,csv: an experiment',
    ],
    [
      'formats of a matrix',
      checkMatrixOptions,
      ['burst', '--format', 'junit'],
      '--format junit: a matrix is written as',
    ],
    ['the article of an experiment', checkRunOptions, ['users', '--as-in-the-article'], 'expected a single run'],
    ['the article of a matrix', checkMatrixOptions, ['burst', '--as-in-the-article'], 'expected a single run'],
  ])('%s', (_, check, line, refusal) => {
    expect(refusalOf(check, ...line)).toContain(refusal);
  });

  test.each([
    ['formats of a single run', checkRunOptions, ['burst', '--format', 'md,csv,junit']],
    ['formats of trials', ofTrials, ['burst', '--format', 'md', '--as-in-the-article']],
    ['the page of an experiment', checkRunOptions, ['capacity', '--format', 'html']],
    ['no page of an experiment', checkRunOptions, ['capacity', '--no-report']],
    ['a matrix of a single run', checkMatrixOptions, ['burst']],
    ['trials of a matrix', checkMatrixOptions, ['burst', '--repeat', '3']],
  ])('but not %s', (_, check, line) => {
    expect(refusalOf(check, ...line)).toBeNull();
  });
});
