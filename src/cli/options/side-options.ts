import { Command } from 'commander';
import { ChatbenchError } from '../../errors.ts';
import { defineRunOptions, type RunOptions } from './run-options.ts';
import { splitWords } from './split-words.ts';

/**
 * The options of one side of `ab`: those of both, and over them what is said for this one, a target ("embedded", "ws://…") or flags
 * of `run` ("--target local --workers 2"), or a target with flags behind it.
 *
 * @throws ChatbenchError `usage` for an open quote, CommanderError for flags that `run` does not know
 */
export function readSideOptions(flag: '--base' | '--head', line: string, common: RunOptions): RunOptions {
  const words = splitWords(line);
  if (words === null || words.length === 0) {
    const problem = words === null ? 'a quote is left open' : 'nothing is said';
    throw new ChatbenchError(
      'usage',
      `${flag} ${JSON.stringify(line)}: ${problem}, expected a target or flags of run`,
      {
        hint: `such as ${flag} embedded or ${flag} '--target local --workers 2'`,
      },
    );
  }
  const flags = words[0]!.startsWith('-') ? words : ['--target', ...words];
  const command = defineRunOptions(new Command('run'))
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  command.parse([...flags], { from: 'user' });
  const given = command.opts<RunOptions>();
  const chosen = Object.keys(given).filter((name) => command.getOptionValueSource(name) === 'cli');
  const refused = chosen.filter((name) => SESSION_OPTIONS.includes(name));
  if (refused.length > 0) {
    const name = refused[0]!.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new ChatbenchError('usage', `${flag}: --${name} is for both sides, expected it outside of ${flag}`);
  }
  return { ...common, ...Object.fromEntries(chosen.map((name) => [name, given[name as keyof RunOptions]])) };
}

/** What belongs to the session, not to a side. */
const SESSION_OPTIONS: readonly string[] = [
  ...['repeat', 'maxSteal', 'maxTrials', 'out', 'json', 'quiet', 'details', 'explain', 'report', 'tui'],
  ...['prometheus', 'otlp'],
];
