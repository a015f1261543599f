import { readProcessName } from './name-process.ts';
import { type ProcSocket, portOfEnd, readSocketOwners, readSockets } from './proc-sockets.ts';
import { listProcTree } from './proc-usage.ts';
import type { NamedProcess } from './watch-processes.ts';

/** More are no longer one chat's. */
const MOST = 24;

/** What the system tells of connections and whose they are. */
export interface SocketSystem {
  sockets(): readonly ProcSocket[];
  owners(): ReadonlyMap<string, readonly number[]>;
  nameOf(pid: number): string | null;
  /** Processes that are none of the target's: this one and its descendants. */
  own(): readonly number[];
}

const PROC: SocketSystem = {
  sockets: readSockets,
  owners: readSocketOwners,
  nameOf: readProcessName,
  own: () => listProcTree(process.pid),
};

/**
 * The processes of a target on this machine that nobody has named: whoever listens where clients connect, whoever listens and whoever is
 * connected where its queue is, and the servers on this machine that these are connected to. Each goes by the name of its program or
 * script. Empty where the system does not tell (Linux, and processes of this user).
 *
 * @param served ports where clients connect
 * @param brokers ports where the queue is
 */
export function findTargetProcesses(
  served: readonly number[],
  brokers: readonly number[],
  system: SocketSystem = PROC,
): readonly NamedProcess[] {
  const sockets = system.sockets();
  const owners = system.owners();
  const own = new Set(system.own());
  const ownersOf = (some: readonly ProcSocket[]) =>
    some.flatMap(({ inode }) => owners.get(inode) ?? []).filter((pid) => !own.has(pid));
  const listenersAt = (ports: readonly number[]) =>
    ownersOf(sockets.filter(({ isListening, local }) => isListening && ports.includes(portOfEnd(local))));
  // Both ends have to be of this machine: the port of a broker elsewhere says nothing of a process here.
  const ends = new Set(sockets.filter(({ isListening }) => !isListening).map(({ local }) => local));
  const outgoing = sockets.filter(({ isListening, remote }) => !isListening && ends.has(remote));
  const clients = ownersOf(outgoing.filter(({ remote }) => brokers.includes(portOfEnd(remote))));
  const found = new Set([...listenersAt(served), ...listenersAt(brokers), ...clients]);
  const reached = outgoing
    .filter(({ inode }) => owners.get(inode)?.some((pid) => found.has(pid)))
    .map(({ remote }) => portOfEnd(remote));
  for (const pid of listenersAt(reached)) found.add(pid);
  return nameApart([...found].slice(0, MOST), system.nameOf);
}

/** Two of a name are told apart by numbers. */
function nameApart(pids: readonly number[], nameOf: (pid: number) => string | null): readonly NamedProcess[] {
  const times = new Map<string, number>();
  return pids.flatMap((pid) => {
    const name = nameOf(pid);
    if (name === null) return [];
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return [{ name: time === 1 ? name : `${name}-${time}`, pid }];
  });
}
