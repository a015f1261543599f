import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Building images takes the longest. */
const LIMIT_MS = 600_000;

/** What `docker ARGS` writes on stdout. Rejects where it fails. */
export async function runDocker(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', [...args], { env, timeout: LIMIT_MS });
  return stdout;
}

/** The last lines that a container wrote: those on stdout, then those on stderr. */
export async function readDockerLogs(container: string, lines: number): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('docker', ['logs', '--tail', String(lines), container]);
  return `${stdout}${stderr}`;
}

/** The last line that a command wrote which failed: Docker puts the reason there. */
export function describeDockerError(cause: unknown): string {
  const text = cause instanceof Error ? ('stderr' in cause && String(cause.stderr)) || cause.message : String(cause);
  return text.trim().split('\n').at(-1) ?? '';
}
