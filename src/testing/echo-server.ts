import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface EchoServer {
  readonly url: string;
  readonly pids: readonly number[];
  stop(): void;
}

/**
 * Echo servers in processes of their own, all on one port of loopback: the kernel spreads connections over them, so that more
 * can be held than one process may have open files.
 */
export async function startEchoServer(processes = 1): Promise<EchoServer> {
  const first = await startProcess(0);
  const others = await Promise.all(Array.from({ length: processes - 1 }, () => startProcess(first.port)));
  const children = [first, ...others].map(({ child }) => child);
  return {
    url: `ws://127.0.0.1:${first.port}`,
    pids: children.map(({ pid }) => pid!),
    stop: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function startProcess(port: number): Promise<{ child: ChildProcess; port: number }> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const entry = fileURLToPath(new URL(`./echo-server-process${extension}`, import.meta.url));
  const child = fork(entry, [String(port)]);
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, port: message.port };
}
