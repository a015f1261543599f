import { ChatbenchError } from '../../errors.ts';
import { DEFAULT_MAX_STEAL_RATIO } from '../../gate/compare/choose-trials.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { chooseFormats, type RunOptions } from './run-options.ts';

/**
 * For `run` of a single run or of an experiment.
 *
 * @throws ChatbenchError `usage` for an option that would do nothing with that scenario
 */
export function checkRunOptions(scenario: Scenario, options: RunOptions): void {
  const { experiment } = scenario;
  checkSizing(scenario, options);
  refuseChoiceOfTrials(options);
  if (experiment === null) return;
  checkExperimentOutput(`an experiment such as ${name(scenario)}`, options);
}

/**
 * For `run --repeat` and `ab`, whose trials are runs.
 *
 * @param command  how the refusal names it
 * @throws ChatbenchError `usage` likewise, and for a scenario of several runs
 */
export function checkTrialOptions(command: string, scenario: Scenario, options: RunOptions): void {
  refuseExperiment(command, 'trials are single runs', scenario);
  checkSizing(scenario, options);
}

/** For `matrix`. */
export function checkMatrixOptions(scenario: Scenario, options: RunOptions): void {
  refuseExperiment('matrix', 'each combination is run once', scenario);
  checkSizing(scenario, options);
  checkExperimentOutput('a matrix', options);
  if (options.maxTrials === undefined) return;
  throw new ChatbenchError('usage', 'matrix measures no combination again, expected no --max-trials', {
    hint: 'to compare two combinations with quiet trials only: chatbench ab SCENARIO --base … --head … --repeat K',
  });
}

function refuseExperiment(command: string, why: string, scenario: Scenario): void {
  const { experiment } = scenario;
  if (experiment === null) return;
  const what = experiment.kind === 'sweep' ? 'a sweep' : `a search of the highest ${experiment.search.varied}`;
  throw new ChatbenchError('usage', `${command}: ${why}, and ${name(scenario)} is ${what}, expected a single run`, {
    hint: `use a scenario without search, replay and sweep, such as burst; ${name(scenario)} goes with \`chatbench run\`, once per target`,
  });
}

function refuseChoiceOfTrials({ maxTrials, maxSteal }: RunOptions): void {
  if (maxTrials === undefined && maxSteal === DEFAULT_MAX_STEAL_RATIO) return;
  const flag = maxTrials === undefined ? '--max-steal' : '--max-trials';
  throw new ChatbenchError('usage', `${flag}: what is run once is not measured again, expected --repeat beside it`, {
    hint: "to judge a single run by what the hypervisor took: --threshold 'host.steal <= 2%'",
  });
}

/** What --expected-connections divides has to have been searched. */
function checkSizing({ name, experiment }: Scenario, { expectedConnections }: RunOptions): void {
  if (expectedConnections === undefined || (experiment !== null && experiment.kind !== 'sweep')) return;
  throw new ChatbenchError(
    'usage',
    `--expected-connections ${expectedConnections}: scenario "${name}" finds no capacity to divide by, expected one with a search`,
    { hint: 'such as `chatbench run capacity`, or a scenario of your own with search: { clients: 100 → 40000 }' },
  );
}

function checkExperimentOutput(what: string, options: RunOptions): void {
  const others = chooseFormats(options).filter((format) => format !== 'html');
  if (others.length > 0) {
    throw new ChatbenchError('usage', `--format ${others.join(',')}: ${what} is written as html only`, {
      hint: 'its steps are runs: render them with chatbench report DIR/STEP --format …; --json prints all of its figures',
    });
  }
  if (!options.asInTheArticle) return;
  throw new ChatbenchError('usage', `--as-in-the-article: ${what} does not show it, expected a single run`, {
    hint: 'such as chatbench run burst --send http --as-in-the-article',
  });
}

function name(scenario: Scenario): string {
  return `scenario "${scenario.name}"`;
}
