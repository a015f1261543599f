import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One end of a TCP connection, or a listener, of this machine. */
export interface ProcSocket {
  readonly inode: string;
  readonly isListening: boolean;
  /** Address and port as the system writes them, such as "0100007F:1538": equal texts are equal ends. */
  readonly local: string;
  readonly remote: string;
}

const LISTEN = '0A';
const ESTABLISHED = '01';
/** IPv4 within IPv6, as a server that listens on both has its connections. */
const MAPPED = '0000000000000000FFFF0000';

/** Listeners and open connections of a table as /proc/net/tcp has it: a heading, then a socket a line. */
export function parseSockets(text: string): readonly ProcSocket[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || inode === undefined) return [];
      if (state !== LISTEN && state !== ESTABLISHED) return [];
      const plain = (end: string) => (end.startsWith(MAPPED) ? end.slice(MAPPED.length) : end);
      return [{ inode, isListening: state === LISTEN, local: plain(local), remote: plain(remote) }];
    });
}

export function portOfEnd(end: string): number {
  return Number.parseInt(end.slice(end.lastIndexOf(':') + 1), 16);
}

/** Those of this network namespace; none where the system does not tell. */
export function readSockets(): readonly ProcSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    try {
      return parseSockets(readFileSync(path, 'latin1'));
    } catch {
      return [];
    }
  });
}

/** Which processes hold each socket, by its inode, as far as this user may see. */
export function readSocketOwners(): ReadonlyMap<string, readonly number[]> {
  const owners = new Map<string, number[]>();
  for (const pid of listNumbers('/proc'))
    for (const file of listNumbers(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${file}`))?.[1];
      if (inode === undefined) continue;
      const known = owners.get(inode) ?? [];
      if (!known.includes(pid)) owners.set(inode, [...known, pid]);
    }
  return owners;
}

/** What goes by a number in a directory of the system, such as processes; none where it does not tell. */
export function listNumbers(directory: string): readonly number[] {
  try {
    return readdirSync(directory)
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number);
  } catch {
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
