import type { Command } from 'commander';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import { listExitCodes } from '../exit-codes.ts';
import { printLine } from '../print.ts';
import { layRows, textColumns } from '../rows.ts';

const EXIT_CODES = 'exit-codes';

/** `chatbench help [topic …]`: a command (`help target up`), or the topic `exit-codes`. */
export async function help(program: Command, topics: readonly string[]): Promise<ExitCode> {
  if (topics[0] === EXIT_CODES && topics.length === 1) {
    const rows = listExitCodes().map(({ exitCode, meaning }) => ({
      name: String(exitCode).padStart(5),
      texts: [meaning],
    }));
    printLine(layRows(rows, textColumns()));
    return EXIT.pass;
  }
  let command = program;
  for (const topic of topics) {
    const next = command.commands.find((candidate) => candidate.name() === topic);
    if (next === undefined) {
      const known = command.commands.map((candidate) => candidate.name());
      const suggestion = didYouMean(topic, command === program ? [...known, EXIT_CODES] : known);
      throw new ChatbenchError('usage', `no help on ${JSON.stringify(topic)}${suggestion}`, {
        hint: '`chatbench --help` lists the commands; `chatbench help exit-codes` the exit codes',
      });
    }
    command = next;
  }
  printLine(command.helpInformation().trimEnd());
  return EXIT.pass;
}
