import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { awaitAnswer } from '../machine/await-answer.ts';
import { findFreePort } from '../machine/free-port.ts';
import type { ProcessSpec } from '../supervision/supervised-process.ts';
import { writePrivately } from '../supervision/write-privately.ts';
import { type LaunchContext, retryOnTakenPort, runToEnd, startUntilReady } from './start-component.ts';

const USER = 'chatbench';
const DATABASE = 'postgres';

export interface RunningPostgres {
  readonly url: string;
  readonly version: string;
}

/** A private Postgres on loopback with its default durability: a commit is on disk before it is acknowledged. */
export async function startPostgres(context: LaunchContext, binDirectory: string): Promise<RunningPostgres> {
  const password = randomBytes(24).toString('hex');
  const home = context.directory.makeComponentDirectory('postgres', context.account);
  const version = readVersion(binDirectory);
  await initialiseData(context, binDirectory, home, password);
  const port = await retryOnTakenPort(() => startServer(context, binDirectory, home));
  return { url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`, version: await version };
}

async function initialiseData(context: LaunchContext, binDirectory: string, home: string, password: string) {
  const passwordFile = join(home, 'password');
  writePrivately(passwordFile, password, context.account);
  const options = ['--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${passwordFile}`];
  // Without sync: initdb would flush a thousand files that are gone if the machine stops now anyhow.
  const args = [
    '-D',
    join(home, 'data'),
    ...options,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  await runToEnd(context, specify(context, 'initdb', join(binDirectory, 'initdb'), args, home));
  rmSync(passwordFile, { force: true });
}

async function startServer(context: LaunchContext, binDirectory: string, home: string): Promise<number> {
  const port = await findFreePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'max_connections=200'];
  const args = ['-D', join(home, 'data'), ...settings.flatMap((setting) => ['-c', setting])];
  const spec = specify(context, 'postgres', join(binDirectory, 'postgres'), args, home);
  await startUntilReady(context, 'broker', spec, (_, signal) =>
    awaitAnswer({ port, request: startupMessage(), read: readAuthentication }, signal),
  );
  return port;
}

function specify(
  context: LaunchContext,
  name: string,
  command: string,
  args: readonly string[],
  cwd: string,
): ProcessSpec {
  return {
    name,
    command,
    args,
    env: { PATH: process.env.PATH, LC_ALL: 'C', HOME: cwd },
    cwd,
    logFile: context.directory.logFile('postgres'),
    account: context.account,
    ipc: false,
    // Immediate shutdown: as quick as SIGKILL, but it takes the server's processes and shared memory with it.
    killSignal: 'SIGQUIT',
  };
}

/** StartupMessage, protocol 3.0: length, version, then names and values, each ended by a zero byte. */
function startupMessage(): Buffer {
  const body = Buffer.from(`\0\x03\0\0user\0${USER}\0database\0${DATABASE}\0\0`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

/** "R" asks for the password: it serves. "E" says that the system is starting up. */
function readAuthentication(answer: Buffer): string | null {
  if (answer.length === 0) return null;
  if (answer[0] !== 'R'.charCodeAt(0)) throw new Error('not ready');
  return 'ready';
}

async function readVersion(binDirectory: string): Promise<string> {
  const { stdout } = await promisify(execFile)(join(binDirectory, 'postgres'), ['--version']);
  return /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}
