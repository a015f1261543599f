import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INSTANCE_PREFIX, type InstanceRecord, readInstanceRecord, removeDirectory } from './instance-directory.ts';
import { isAlive, listDescendants, type ProcessIdentity } from './process-identity.ts';
import { signalGroup } from './supervised-process.ts';

/** A directory without a record may be one that is just being made. */
const UNRECORDED_AGE_MS = 10 * 60_000;

/**
 * Cleans up after supervisors of this user that were killed before they could: ends what is left of their children, then
 * removes their directories. A process is ended only where number and start time are those recorded; the instances of
 * live supervisors and other users' directories are left alone. Yields the paths removed.
 */
export async function sweepStaleInstances(base: string): Promise<string[]> {
  const stale = listOwnInstances(base).filter(isStale);
  await Promise.all(
    stale.map(async (path) => {
      await endProcesses(readInstanceRecord(path)?.children ?? []);
      await removeDirectory(path);
    }),
  );
  return stale;
}

function listOwnInstances(base: string): string[] {
  const names = readdirSync(base).filter((name) => name.startsWith(INSTANCE_PREFIX));
  return names.map((name) => join(base, name)).filter(isOwnDirectory);
}

function isOwnDirectory(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}

function isStale(path: string): boolean {
  const record = readInstanceRecord(path);
  if (record !== null) return !isAlive(record.supervisor);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > UNRECORDED_AGE_MS;
}

async function endProcesses(children: InstanceRecord['children']): Promise<void> {
  const live = children.filter((child) => isAlive(child.identity));
  // Listed before anything is signalled: orphans lose their parent, and with it the way to be found.
  const descendants = live.flatMap((child) => listDescendants(child.identity.pid));
  for (const child of live) signalGroup(child.identity.pid, child.killSignal);
  await endStragglers([...live.map((child) => child.identity), ...descendants], 1_000);
}

/** Waits until all are gone, at most `graceMs`, then ends what is left with SIGKILL, one by one. */
export async function endStragglers(processes: readonly ProcessIdentity[], graceMs: number): Promise<void> {
  let left = processes.filter(isAlive);
  for (let waitedMs = 0; left.length > 0 && waitedMs < graceMs; waitedMs += 20) {
    await sleep(20);
    left = left.filter(isAlive);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone between the look and the signal.
    }
  }
}
