import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../launch/machine/find-binaries.ts';
import { endChild } from './services.ts';

/** A time server that takes this machine's time of day for the true one. */
export interface Chrony {
  readonly port: number;
  stop(): Promise<void>;
}

/** Null where Debian's chrony is not on this machine, or may not be started. It sets no clock. */
export async function startChrony(host: string): Promise<Chrony | null> {
  const program = findProgram('chronyd');
  if (program === null || process.getuid?.() !== 0) return null;
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-chrony-'));
  const port = await findFreeUdpPort(host);
  const config = join(directory, 'chrony.conf');
  writeFileSync(
    config,
    [
      'local stratum 1',
      `port ${port}`,
      `bindaddress ${host}`,
      'allow all',
      'cmdport 0',
      `pidfile ${directory}/chronyd.pid`,
      `bindcmdaddress ${directory}/chronyd.sock`,
      `driftfile ${directory}/drift`,
      '',
    ].join('\n'),
  );
  // -x: it leaves the system's clock alone.
  const child = spawn(program, ['-x', '-d', '-u', 'root', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  await sees(child, 'Running with root privileges');
  return {
    port,
    async stop() {
      await endChild(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function sees(child: ChildProcess, text: string): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (said.includes(text)) resolve();
    });
    child.once('exit', () => reject(new Error(said)));
  });
}

async function findFreeUdpPort(host: string): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
