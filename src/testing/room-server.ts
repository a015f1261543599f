import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What happens to the messages of one sender on purpose. */
export interface Plant {
  /** lose: the recipient does not get it; repeat: twice; leak: it does, though it is of another room. */
  readonly what: 'lose' | 'repeat' | 'leak';
  readonly room: number;
  readonly sender: number;
  readonly recipient: number;
}

export interface RoomServer {
  readonly url: string;
  stop(): void;
}

/** A chat in several processes on one port, of loopback by default, so that a room may have more members than one process open files. */
export async function startRoomServer(
  processes: number,
  plants: readonly Plant[] = [],
  host = '127.0.0.1',
): Promise<RoomServer> {
  const first = await startProcess(0, plants, host);
  const others = await Promise.all(Array.from({ length: processes - 1 }, () => startProcess(first.port, plants, host)));
  const children = [first, ...others].map(({ child }) => child);
  for (const child of children) {
    child.on('message', (said) => {
      for (const other of children) if (other !== child && other.connected) other.send(said as object);
    });
  }
  return {
    url: `ws://${host}:${first.port}`,
    stop: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function startProcess(
  port: number,
  plants: readonly Plant[],
  host: string,
): Promise<{ child: ChildProcess; port: number }> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const entry = fileURLToPath(new URL(`./room-server-process${extension}`, import.meta.url));
  const child = fork(entry, [String(port), JSON.stringify(plants), host]);
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, port: message.port };
}
