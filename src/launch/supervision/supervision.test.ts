import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTakenPort, retryOnTakenPort, StartFailure, startUntilReady } from '../local/start-component.ts';
import { createInstanceDirectory, type InstanceDirectory, readInstanceRecord } from './instance-directory.ts';
import { readLogTail } from './log-tail.ts';
import { isAlive } from './process-identity.ts';
import type { ProcessSpec, SupervisedProcess } from './supervised-process.ts';
import { type Supervision, superviseProcesses } from './supervision.ts';

let directory: InstanceDirectory;
let supervision: Supervision;

beforeEach(() => {
  directory = createInstanceDirectory(null);
  supervision = superviseProcesses(directory);
});

afterEach(async () => {
  await supervision.stop();
  await directory.remove();
});

test('a process that dies while it should run is named, with its exit code and the last ten lines of its log', async () => {
  supervision.guard(await supervision.start('node', stub('gateway-0', 'crash')), async () => {});
  const failure = await supervision.failure;
  expect(failure).toMatchObject({ component: 'gateway-0', reason: 'exited with code 7' });
  expect(failure.logTail).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 21}`));
});

test('a component that is started again is told with its new process, and only then', async () => {
  const told: number[] = [];
  supervision.onRestarted = ({ identity }) => told.push(identity.pid);
  const first = await startReady('node', 'gateway-0', 'obey');
  expect(told).toEqual([]);
  supervision.condemn(first);
  first.signal('SIGKILL');
  await first.ended;
  const gateway = supervision.components.get('gateway-0')!;
  await gateway.revive();
  expect(told).toEqual([supervision.components.get('gateway-0')?.process.identity.pid]);
  expect(told).not.toEqual([first.identity.pid]);
});

test('a process that dies before it is ready fails the start under its own name', async () => {
  const start = startUntilReady(context(), 'broker', stub('redis', 'crash'), () => new Promise<never>(() => {}));
  await expect(start).rejects.toMatchObject({
    failure: { component: 'redis', reason: 'exited with code 7 while it was starting' },
  });
});

test('a process that is not ready in time fails the start under its own name, and is ended', async () => {
  const given = AbortSignal.timeout(50);
  const started: SupervisedProcess[] = [];
  const start = startUntilReady({ ...context(), signal: given }, 'broker', stub('redis', 'obey'), (child, signal) => {
    started.push(child);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  await expect(start).rejects.toMatchObject({ failure: { component: 'redis', reason: 'was not ready in time' } });
  expect(started.map((child) => child.running)).toEqual([false]);
});

test('the end that stop brings about is no failure', async () => {
  const child = await startReady('node', 'gateway-0', 'obey');
  await supervision.stop();
  expect(child.running).toBe(false);
  await expect(Promise.race([supervision.failure, Promise.resolve('no failure')])).resolves.toBe('no failure');
});

test('stop ends nodes gracefully and brokers after them', async () => {
  const broker = await startReady('broker', 'redis', 'obey');
  const node = await startReady('node', 'gateway-0', 'obey');
  const order: string[] = [];
  void broker.ended.then((reason) => order.push(`redis ${reason}`));
  void node.ended.then((reason) => order.push(`gateway-0 ${reason}`));
  await supervision.stop();
  expect(order).toEqual(['gateway-0 exited with code 0', 'redis was killed by SIGKILL']);
});

test('stop ends a node that does not listen to SIGTERM', async () => {
  const node = await startReady('node', 'gateway-0', 'ignore');
  await supervision.stop();
  await expect(node.ended).resolves.toBe('was killed by SIGKILL');
  expect(isAlive(node.identity)).toBe(false);
});

test('nothing is started after stop', async () => {
  await supervision.stop();
  await expect(supervision.start('node', stub('late', 'obey'))).rejects.toThrow('late is not started');
});

test('what is running stands in the record of the instance', async () => {
  const child = await startReady('broker', 'redis', 'obey');
  expect(readInstanceRecord(directory.path)?.children).toEqual([
    { name: 'redis', identity: child.identity, killSignal: 'SIGKILL' },
  ]);
});

test('a component whose port was taken is tried again, up to four times', async () => {
  const taken = { component: 'redis', reason: 'exited', logTail: ['bind: Address already in use'] };
  const attempts: number[] = [];
  const always = retryOnTakenPort((number) => {
    attempts.push(number);
    return Promise.reject(new StartFailure(taken));
  });
  await expect(always).rejects.toBeInstanceOf(StartFailure);
  expect(attempts).toEqual([1, 2, 3, 4]);
});

test('a component that failed for another reason is not tried again', async () => {
  let attempts = 0;
  const broken = retryOnTakenPort(() => {
    attempts++;
    return Promise.reject(new StartFailure({ component: 'redis', reason: 'exited', logTail: ['out of memory'] }));
  });
  await expect(broken).rejects.toBeInstanceOf(StartFailure);
  expect(attempts).toBe(1);
});

test.each([
  'Could not create server TCP listening socket 127.0.0.1:6379: bind: Address already in use',
  'LOG:  could not bind IPv4 address "127.0.0.1": Address in use',
  '[error] Failed to start Ranch listener: eaddrinuse',
  '{shutdown,{failed_to_start_child,prelaunch,{dist_port_already_used,37259,not_erlang,"localhost"}}}',
])('a taken port is recognised in "%s"', (line) => {
  expect(isTakenPort({ component: 'any', reason: 'exited', logTail: [line] })).toBe(true);
});

function context() {
  return { directory, supervision, account: null, signal: new AbortController().signal };
}

async function startReady(tier: 'node' | 'broker', name: string, mode: string): Promise<SupervisedProcess> {
  return startUntilReady(context(), tier, stub(name, mode), async (child) => {
    while (readLogTail(child.spec.logFile, 1)[0] !== 'up') await new Promise((resolve) => setImmediate(resolve));
    return child;
  });
}

function stub(name: string, mode: string): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL('../../testing/stub-child.ts', import.meta.url)), mode],
    env: {},
    cwd: directory.path,
    logFile: directory.logFile(name),
    account: null,
    ipc: false,
    killSignal: 'SIGKILL',
  };
}
