import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ServiceAccount } from '../machine/service-account.ts';
import { identifyProcess } from './process-identity.ts';

export const INSTANCE_PREFIX = 'chatbench-target-';
const RECORD_FILE = 'instance.json';

const processIdentity = z.strictObject({ pid: z.number().int(), startedAt: z.string() });
const instanceRecord = z.strictObject({
  supervisor: processIdentity,
  children: z.array(
    z.strictObject({
      name: z.string(),
      identity: processIdentity,
      killSignal: z.enum(['SIGKILL', 'SIGQUIT', 'SIGTERM']),
    }),
  ),
});

/** Who belongs to an instance: enough for a later start to clean up after a supervisor that was killed. */
export type InstanceRecord = z.infer<typeof instanceRecord>;

/** The private temporary directory of one instance, with a sub-directory for each component. */
export interface InstanceDirectory {
  readonly path: string;
  /** A directory that only the account (null: oneself) can read. */
  makeComponentDirectory(name: string, account: ServiceAccount | null): string;
  logFile(component: string): string;
  /** Replaces the list of children that a sweep would end. */
  recordChildren(children: InstanceRecord['children']): void;
  remove(): Promise<void>;
}

/**
 * Creates the directory and its record. Others can pass through it (brokers run as another user where we are root), but
 * can neither list it nor read what is in it.
 */
export function createInstanceDirectory(account: ServiceAccount | null): InstanceDirectory {
  const path = mkdtempSync(join(chooseBase(account), INSTANCE_PREFIX));
  const supervisor = identifyProcess(process.pid) ?? { pid: process.pid, startedAt: '' };
  writeInstanceRecord(path, { supervisor, children: [] });
  if (account !== null) chmodSync(path, 0o711);
  mkdirSync(join(path, 'log'), { mode: 0o700 });
  return {
    path,
    makeComponentDirectory: (name, owner) => {
      const directory = join(path, name);
      mkdirSync(directory, { mode: 0o700 });
      if (owner !== null) chownSync(directory, owner.uid, owner.gid);
      return directory;
    },
    logFile: (component) => join(path, 'log', `${component}.log`),
    recordChildren: (children) => writeInstanceRecord(path, { supervisor, children }),
    remove: () => removeDirectory(path),
  };
}

/** The record of an instance directory of this user; null where there is none or it is unreadable. */
export function readInstanceRecord(path: string): InstanceRecord | null {
  try {
    return instanceRecord.parse(JSON.parse(readFileSync(join(path, RECORD_FILE), 'utf8')));
  } catch {
    return null;
  }
}

export function writeInstanceRecord(path: string, record: InstanceRecord): void {
  const file = join(path, RECORD_FILE);
  // Renamed into place: whoever sweeps must never read half a record.
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Removes a directory tree; a process that is still dying may write into it meanwhile, hence the retries. */
export function removeDirectory(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Where instances live. A private TMPDIR of root would keep the brokers' user out: then /tmp. */
export function chooseBase(account: ServiceAccount | null): string {
  const base = tmpdir();
  return account === null || isPassable(base) ? base : '/tmp';
}

function isPassable(path: string): boolean {
  const passable = (statSync(path).mode & 0o001) !== 0;
  return passable && (dirname(path) === path || isPassable(dirname(path)));
}
