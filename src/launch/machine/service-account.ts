import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ChatbenchError } from '../../errors.ts';

/** The unprivileged user that brokers run as where chatbench itself runs as root. */
export interface ServiceAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * `postgres`, else `nobody`, where this process is root (Postgres refuses to run as root); null for an ordinary user.
 * Throws ChatbenchError `target-unavailable` where there is no such user.
 */
export async function findServiceAccount(): Promise<ServiceAccount | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const ids = await readIds(name);
    if (ids !== null) return { name, ...ids };
  }
  throw new ChatbenchError('target-unavailable', 'no user "postgres" or "nobody" to start the brokers as', {
    hint: 'create one of them, or run chatbench as an ordinary user',
  });
}

async function readIds(name: string): Promise<{ uid: number; gid: number } | null> {
  const run = promisify(execFile);
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
