import { ChatbenchError, EXIT, type ExitCode } from '../errors.ts';
import { printNote } from './print.ts';

/**
 * Tells an error on stderr, once: a line for each of its problems and the hint; a bug with its stack.
 *
 * @returns the exit code that it ends the command with
 */
export function printError(error: unknown): ExitCode {
  if (error instanceof ChatbenchError) {
    for (const line of error.message.split('\n')) printNote(`error: ${line}`);
    if (error.hint !== null) printNote(`hint: ${error.hint}`);
    return error.exitCode;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printNote(`internal error, a bug in chatbench: ${details}`);
  return EXIT.internal;
}
