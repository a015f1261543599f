import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

// Stripping types at every start would take most of a test's time.
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/chatbench-compiled', import.meta.url));

export interface Transcript {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Close the reading end of its stdout before it writes. */
  readonly closeStdout?: boolean;
}

/** Runs chatbench from its source with these arguments, to its end, in an empty terminal of 80 columns. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Transcript> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: options.cwd,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NO_COLOR: '1',
        NODE_COMPILE_CACHE: COMPILED,
        GITHUB_ACTIONS: '',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (options.closeStdout) child.stdout.destroy();
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ ...output, exitCode }));
  });
}
