import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { awaitAnswer } from '../machine/await-answer.ts';
import { findFreePort } from '../machine/free-port.ts';
import { writePrivately } from '../supervision/write-privately.ts';
import { type LaunchContext, retryOnTakenPort, startUntilReady } from './start-component.ts';

export interface RunningRedis {
  readonly url: string;
  readonly version: string;
}

/** A private Redis on loopback, without persistence: it holds presence and routes, which die with the target. */
export function startRedis(context: LaunchContext, binary: string): Promise<RunningRedis> {
  return retryOnTakenPort(async (attempt) => {
    const password = randomBytes(24).toString('hex');
    const port = await findFreePort();
    const home = context.directory.makeComponentDirectory(`redis-${attempt}`, context.account);
    const config = writeConfig(home, port, password, context);
    const version = await startUntilReady(
      context,
      'broker',
      {
        name: 'redis',
        command: binary,
        args: [config],
        env: { PATH: process.env.PATH },
        cwd: home,
        logFile: context.directory.logFile('redis'),
        account: context.account,
        ipc: false,
        killSignal: 'SIGKILL',
      },
      (_, signal) => awaitAnswer({ port, request: askVersion(password), read: readVersion }, signal),
    );
    return { url: `redis://:${password}@127.0.0.1:${port}/0`, version };
  });
}

function writeConfig(home: string, port: number, password: string, { account }: LaunchContext): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    `dir ${home}`,
  ];
  return writePrivately(join(home, 'redis.conf'), `${lines.join('\n')}\n`, account);
}

function askVersion(password: string): Buffer {
  return Buffer.from(`AUTH ${password}\r\nINFO server\r\n`);
}

/** Our password must be accepted: another Redis that took the port meanwhile would refuse it. */
function readVersion(answer: Buffer): string | null {
  const text = answer.toString('latin1');
  if (text.startsWith('-') || text.includes('\r\n-')) throw new Error(text);
  return /\r\nredis_version:(\S+)/.exec(text)?.[1] ?? null;
}
