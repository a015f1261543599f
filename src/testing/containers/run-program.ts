import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Large enough for the list of files of a few hundred packages. */
const MOST_OUTPUT_BYTES = 1 << 26;

/** What a program writes on stdout, without blanks at its ends. Rejects with what it wrote on stderr where it fails. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly input?: string } = {},
): Promise<string> {
  const { input, ...rest } = options;
  const running = promisify(execFile)(command, [...args], { ...rest, maxBuffer: MOST_OUTPUT_BYTES });
  if (input !== undefined) running.child.stdin?.end(input);
  try {
    return (await running).stdout.trim();
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string };
    const reason = stderr.trim().split('\n').slice(-5).join('\n') || message;
    throw new Error(`${command} ${args.slice(0, 3).join(' ')}: ${reason}`, { cause });
  }
}
