import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { INSTANCE_PREFIX, type InstanceRecord, writeInstanceRecord } from './instance-directory.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';
import { sweepStaleInstances } from './sweep-stale-instances.ts';

const GONE: ProcessIdentity = { pid: 2 ** 22 + 1, startedAt: 'before' };
let base: string;
let child: ChildProcess;
let identity: ProcessIdentity;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'sweep-'));
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
  identity = identifyProcess(child.pid ?? 0) as ProcessIdentity;
});

afterEach(() => {
  child.kill('SIGKILL');
  rmSync(base, { recursive: true, force: true });
});

test('what a killed supervisor left behind is ended and removed', async () => {
  const path = makeInstance({ supervisor: GONE, children: [{ name: 'redis', identity, killSignal: 'SIGKILL' }] });
  expect(await sweepStaleInstances(base)).toEqual([path]);
  expect(isAlive(identity)).toBe(false);
  expect(existsSync(path)).toBe(false);
});

test('a process that has the number of a recorded one, but was started at another time, is never ended', async () => {
  const reused = { pid: identity.pid, startedAt: 'long ago' };
  makeInstance({ supervisor: GONE, children: [{ name: 'redis', identity: reused, killSignal: 'SIGKILL' }] });
  await sweepStaleInstances(base);
  expect(isAlive(identity)).toBe(true);
});

test('the instance of a live supervisor is left alone', async () => {
  const path = makeInstance({ supervisor: identity, children: [] });
  expect(await sweepStaleInstances(base)).toEqual([]);
  expect(existsSync(path)).toBe(true);
});

test('a directory that has no record yet is left alone while it is young', async () => {
  const path = join(base, `${INSTANCE_PREFIX}young`);
  mkdirSync(path);
  expect(await sweepStaleInstances(base)).toEqual([]);
  expect(existsSync(path)).toBe(true);
});

test('directories of other names are left alone', async () => {
  mkdirSync(join(base, 'something-else'));
  expect(await sweepStaleInstances(base)).toEqual([]);
  expect(existsSync(join(base, 'something-else'))).toBe(true);
});

function makeInstance(record: InstanceRecord): string {
  const path = join(base, `${INSTANCE_PREFIX}test`);
  mkdirSync(path);
  writeInstanceRecord(path, record);
  return path;
}
