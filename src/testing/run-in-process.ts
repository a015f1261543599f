import { runProgram } from '../cli/run-program.ts';
import type { CommandOptions, Transcript } from './run-command.ts';

type Stream = NodeJS.WriteStream;

/**
 * As `runCommand`, without a process of its own: for what a command answers, where half a second per start would be most of
 * a table of cases. What belongs to the process (its streams, its exit, signals) is for `runCommand`. One at a time: the
 * directory, the environment and the streams are those of the whole process.
 */
export async function runInProcess(
  args: readonly string[],
  { cwd = process.cwd(), env }: Omit<CommandOptions, 'closeStdout'> = {},
): Promise<Transcript> {
  if (running) throw new Error('runInProcess: another command line runs, expected one at a time');
  running = true;
  const before = { cwd: process.cwd(), env: process.env };
  const stdout = captureStream(process.stdout);
  const stderr = captureStream(process.stderr);
  try {
    process.chdir(cwd);
    process.env = { ...before.env, NO_COLOR: '1', GITHUB_ACTIONS: '', ...env };
    const exitCode = await runProgram(args);
    return { stdout: stdout.text(), stderr: stderr.text(), exitCode };
  } finally {
    process.env = before.env;
    process.chdir(before.cwd);
    stdout.release();
    stderr.release();
    running = false;
  }
}

let running = false;

function captureStream(stream: Stream): { text(): string; release(): void } {
  const original = stream.write;
  let text = '';
  stream.write = ((chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const written = rest.findLast((argument) => typeof argument === 'function');
    if (written !== undefined) queueMicrotask(written as () => void);
    return true;
  }) as Stream['write'];
  return {
    text: () => text,
    release() {
      stream.write = original;
    },
  };
}
