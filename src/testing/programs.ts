import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;

export interface RunningProgram {
  stop(): Promise<void>;
}

/**
 * Starts a program of this machine in a directory of its own, and waits until it listens.
 *
 * @param files what is written into the directory before, by name
 * @param argsOf given the directory
 */
export async function startProgram(
  program: string,
  argsOf: (directory: string) => readonly string[],
  ports: readonly number[],
  files: Readonly<Record<string, string>> = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<RunningProgram> {
  const directory = mkdtempSync(join(tmpdir(), `chatbench-${program}-`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const child = spawn(program, argsOf(directory), { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const keep = (text: string) => {
    said = (said + text).slice(-4_000);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const stop = async () => {
    await end(child);
    rmSync(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_LIMIT_MS;
  for (const port of ports) {
    while (!(await listens(port))) {
      if (child.exitCode === null && Date.now() < deadline) await wait(50);
      else {
        await stop();
        throw new Error(`${program} does not listen on ${port}: ${said}`);
      }
    }
  }
  return { stop };
}

/** Whether somebody takes connections there. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  if (await Promise.race([exited.then(() => true), wait(3_000, false)])) return;
  child.kill('SIGKILL');
  await exited;
}
