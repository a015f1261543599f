import type { RunResult } from '../result/run-result.ts';

const PLAIN_WORD = /^[A-Za-z0-9_./:=@%+,-]+$/;

/**
 * The shell command that repeats a run to the message: the one that was given, with its seed where it left that to chance.
 * Words that a shell would take apart are quoted.
 */
export function reproduceCommand(result: RunResult): string {
  const given = result.command[0] === 'chatbench' ? result.command.slice(1) : result.command;
  const hasSeed = given.some((word) => word === '--seed' || word.startsWith('--seed='));
  const seed = hasSeed ? [] : ['--seed', String(result.scenario.seed)];
  return ['npx', 'chatbench', ...given, ...seed].map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
