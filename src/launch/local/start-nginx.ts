import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Balance } from '../../choices.ts';
import { awaitAnswer } from '../machine/await-answer.ts';
import { readOpenFileLimits } from '../machine/examine-machine.ts';
import { findFreePort } from '../machine/free-port.ts';
import { writePrivately } from '../supervision/write-privately.ts';
import { renderNginxConfig } from './nginx-config.ts';
import { type LaunchContext, retryOnTakenPort, startUntilReady } from './start-component.ts';

export interface RunningNginx {
  /** WebSocket address that leads to all gateways. */
  readonly endpoint: string;
  readonly version: string;
}

/** A private nginx on loopback before the gateways, which must be up. */
export function startNginx(
  context: LaunchContext,
  binary: string,
  balance: Exclude<Balance, 'none'>,
  gateways: readonly { readonly endpoint: string }[],
): Promise<RunningNginx> {
  return retryOnTakenPort(async (attempt) => {
    const port = await findFreePort();
    const probePath = `/${randomBytes(12).toString('hex')}`;
    const home = context.directory.makeComponentDirectory(`nginx-${attempt}`, context.account);
    const config = join(home, 'nginx.conf');
    const addresses = gateways.map(({ endpoint }) => new URL(endpoint).host);
    const { hard: openFiles } = await readOpenFileLimits();
    const text = renderNginxConfig({ home, port, balance, gateways: addresses, probePath, openFiles });
    writePrivately(config, text, context.account);
    const version = await startUntilReady(
      context,
      'broker',
      {
        name: 'nginx',
        command: binary,
        // -e: before it reads its configuration it would log to the place that it was compiled with.
        args: ['-p', home, '-c', config, '-e', 'stderr'],
        env: { PATH: process.env.PATH },
        cwd: home,
        logFile: context.directory.logFile('nginx'),
        account: context.account,
        ipc: false,
        // Its workers outlive a master that is killed with SIGKILL.
        killSignal: 'SIGTERM',
      },
      (_, signal) => awaitAnswer({ port, request: askVersion(probePath), read: readVersion }, signal),
    );
    return { endpoint: `ws://127.0.0.1:${port}/ws`, version };
  });
}

function askVersion(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
}

function readVersion(answer: Buffer): string | null {
  const [head, body] = answer.toString('latin1').split('\r\n\r\n', 2);
  if (body === undefined) return null;
  if (!head?.startsWith('HTTP/1.1 200 ')) throw new Error(head);
  return /^\d[\d.]*\d$/.test(body) ? body : null;
}
