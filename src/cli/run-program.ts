import { type Command, CommanderError } from 'commander';
import { ChatbenchError, EXIT, type ExitCode } from '../errors.ts';
import { beginAnswer, isUnanswered } from './print.ts';
import { answerWithError, printError } from './print-error.ts';
import { buildProgram } from './program.ts';
import { suggestOurWord } from './suggest-our-words.ts';

/**
 * Runs one command line (without the program's name) and yields its exit code. Tells every error itself; never throws. With
 * `--json`, a command that fails without an answer answers with its error.
 */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  beginAnswer();
  let exitCode: ExitCode = EXIT.pass;
  const program = buildProgram((settled) => {
    exitCode = settled;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    if (exitCode !== EXIT.pass) answerInJson(args, null);
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return failWith(error, args);
    if (error.exitCode === 0) return EXIT.pass;
    // Bare `chatbench` and `chatbench target`: commander has printed the help already.
    if (error.code === 'commander.help') return EXIT.usage;
    return failWith(usageError(error, program, args), args);
  }
}

function failWith(error: unknown, args: readonly string[]): ExitCode {
  answerInJson(args, error);
  return printError(error);
}

function answerInJson(args: readonly string[], error: unknown): void {
  if (isUnanswered() && args.includes('--json')) answerWithError(error);
}

/** commander's message in one line and in our words. */
function usageError(error: CommanderError, program: Command, args: readonly string[]): ChatbenchError {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*\(Did you mean (.+)\?\)/, ', did you mean $1?')
    .replaceAll("'", '"');
  const command = program.commands.find((candidate) => candidate.name() === args[0]);
  const ours = suggestOurWord(
    message,
    (command ?? program).options.flatMap(({ long }) => long ?? []),
  );
  // What another tool calls it is nearer than any word of ours that looks alike.
  return new ChatbenchError('usage', ours === '' ? message : message.replace(/, did you mean .*$/, '') + ours, {
    hint: `see \`chatbench ${command === undefined ? '' : `${command.name()} `}--help\``,
    cause: error,
  });
}
