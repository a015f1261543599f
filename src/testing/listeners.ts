import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Addresses on which processes of this machine (Linux) accept TCP connections, as the kernel prints them, in hex. */
export function listListeners(pids: readonly number[]): string[] {
  const ours = new Set(pids.flatMap(listSockets));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTEN && ours.has(fields[9] ?? ''))
      .map((fields) => fields[1] ?? ''),
  );
}

/** Whether an address of `listListeners` is 127.0.0.0/8 or ::1, in the kernel's byte order. */
export function isLoopback(address: string): boolean {
  const host = address.split(':')[0] ?? '';
  return host === '00000000000000000000000001000000' || (host.length === 8 && host.endsWith('7F'));
}

const LISTEN = '0A';

/** Inode numbers of the sockets that a process holds. */
function listSockets(pid: number): string[] {
  const sockets: string[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) sockets.push(inode);
    }
  } catch {
    // The process, or the descriptor, is gone.
  }
  return sockets;
}
