import type { RunResult } from '../result/run-result.ts';

const PLAIN_WORD = /^[A-Za-z0-9_./:=@%+,-]+$/;

/**
 * The shell command that repeats a run to the message: the one that was given, with its seed where it left that to chance.
 * Words that a shell would take apart are quoted.
 */
export function reproduceCommand(result: RunResult): string {
  const hasSeed = result.command.some((word) => word === '--seed' || word.startsWith('--seed='));
  return shellCommand(hasSeed ? result.command : [...result.command, '--seed', String(result.scenario.seed)]);
}

/** A chatbench command as a shell takes it. */
export function shellCommand(command: readonly string[]): string {
  const given = command[0] === 'chatbench' ? command.slice(1) : command;
  return ['npx', 'chatbench', ...given].map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
