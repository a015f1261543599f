import { ChatbenchError, EXIT, type ExitCode } from '../errors.ts';
import { redact } from '../redact.ts';
import { printLine, printNote } from './print.ts';

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

/**
 * With `--json`, stdout has one object whatever happens: where a command ended without an answer, why.
 *
 * @param error  what was thrown; null where the command was ended before it had anything to answer with
 */
export function answerWithError(error: unknown): void {
  const told = error === null ? UNANSWERED : describeError(error);
  printLine(redact(JSON.stringify({ error: told }, null, 2)));
}

const UNANSWERED = { code: 'interrupted', message: 'ended before anything was measured', hint: null };

function describeError(error: unknown): { code: string; message: string; hint: string | null } {
  if (error instanceof ChatbenchError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: 'a bug in chatbench: please report it with what stderr says' };
}
