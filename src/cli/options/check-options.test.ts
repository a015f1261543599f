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

  test('is refused for the rate of a closed loop', () => {
    const refusal = refusalOf(checkRunOptions, 'capacity', '--closed', '--expected-connections', '1000');
    expect(refusal).toContain('in a closed loop no client has a rate of its own');
  });
});
