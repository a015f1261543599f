import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Chatbench {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Settles with the exit code, or with the signal's name. */
  readonly ended: Promise<number | string>;
  /** Settles once stderr has shown the text, from a character of it on; rejects when the process ends before. */
  sees(text: string, from?: number): Promise<void>;
}

/**
 * Starts the built command as a user would, in this environment or another; `npm run build` must have run.
 *
 * @param within a command that runs it, such as `ip netns exec NAME`
 */
export function startChatbench(
  args: readonly string[],
  cwd?: string,
  env?: NodeJS.ProcessEnv,
  within: readonly string[] = [],
): Chatbench {
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const [command = process.execPath, ...rest] = [...within, process.execPath, main, ...args];
  const child = spawn(command, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    sees(text, from = 0) {
      return new Promise((resolve, reject) => {
        const look = () => stderr.includes(text, from) && resolve();
        child.stderr?.on('data', look);
        look();
        void ended.then((code) => reject(new Error(`ended with ${code} before it said "${text}": ${stderr}`)));
      });
    },
  };
}

/** Runs it to its end. */
export async function runChatbench(args: readonly string[], cwd?: string) {
  const run = startChatbench(args, cwd);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}
