import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Runs an installation during which Debian's packages do not start their services: the targets start private instances,
 * and a public one on the default port is not ours to bring about. Debian asks /usr/sbin/policy-rc.d before each start
 * (101: not allowed); one that is there already is somebody's decision and stays as it is.
 *
 * @param elevate what to put before a command that needs root
 */
export async function withoutServiceStart(elevate: readonly string[], install: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return install();
  const sh = (script: string) => {
    const [command = 'sh', ...args] = [...elevate, 'sh', '-c', script];
    return promisify(execFile)(command, args);
  };
  const remove = () => sh(`rm -f ${POLICY}`).catch(() => {});
  // Left behind, it would keep every later service from starting: an interruption must remove it, too.
  const onSignal = () => void remove();
  await sh(`printf '#!/bin/sh\\nexit 101\\n' > ${POLICY} && chmod 755 ${POLICY}`);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await install();
  } finally {
    await remove();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
