import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { queueOf } from '../cluster/adapters/rabbitmq/amqp-topology.ts';
import { encodeChatMessage } from '../cluster/ports/chat-message.ts';
import { encodeEnvelope } from '../cluster/ports/envelope.ts';
import { runChatbench } from '../testing/run-chatbench.ts';
import {
  attachToDetached,
  readTargetLogs,
  readTargetStatus,
  startDetachedTarget,
  stopDetachedTarget,
} from './detached-target.ts';
import { launchTarget } from './launch-target.ts';
import type { RunningTarget } from './running-target.ts';
import { isAlive, listDescendants, type ProcessIdentity } from './supervision/process-identity.ts';
import { endStragglers, sweepStaleInstances } from './supervision/sweep-stale-instances.ts';

const SMALL = { topology: 'worker', gateways: 1, workers: 1 } as const;
/** Where it does not matter which brokers there are: without RabbitMQ, whose start takes most of the time. */
const WITHOUT_QUEUE = { ...SMALL, topology: 'pubsub' } as const;
const PARENT = fileURLToPath(new URL('../testing/launch-parent.ts', import.meta.url));
const GONE_WITHIN_MS = 5_000;

/** Instances are made in a directory of the test's own: what is left in it was left behind. */
let base: string;
let target: RunningTarget | null = null;
let parent: ChildProcess | null = null;
let processes: ProcessIdentity[] = [];

beforeEach(() => {
  base = mkdtempSync('/tmp/launch-test-');
  // As root the brokers run as another user, who has to pass through.
  chmodSync(base, 0o711);
  vi.stubEnv('TMPDIR', base);
  vi.stubEnv('XDG_STATE_HOME', join(base, 'state'));
});

afterEach(async () => {
  await target?.stop();
  parent?.kill('SIGKILL');
  await stopDetachedTarget();
  await endStragglers(processes, 0);
  [target, parent, processes] = [null, null, []];
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
});

describe('the local target', () => {
  test('stays up after the time that it had for its start', async () => {
    let launchedAt = Number.NaN;
    let limitMs = 8_000;
    // How fast it starts is not what is asked here: a busy machine is given more, until it is up within its limit.
    for (; target === null; limitMs *= 2) {
      launchedAt = performance.now();
      target = await launchTarget(
        { kind: 'local', ...WITHOUT_QUEUE },
        { attach: false, startTimeoutMs: limitMs },
      ).catch((error: Error) => {
        if (limitMs < 60_000 && error.message.includes('in time')) return null;
        throw error;
      });
    }
    limitMs /= 2;
    const reachedLimit = sleep(launchedAt + limitMs + 1_000 - performance.now(), 'still up');
    expect(await Promise.race([target.failure, reachedLimit])).toBe('still up');
    for (const endpoint of target.endpoints) {
      const health = endpoint.replace(/^ws/, 'http').replace(/ws$/, 'healthz');
      expect((await fetch(health)).status).toBe(200);
    }
  });

  test('keeps the secrets of an instance from other users', async () => {
    target = await launchTarget({ kind: 'local', ...SMALL }, { attach: false });
    const instance = join(base, readdirSync(base)[0] ?? '');
    const modes = readdirSync(instance, { withFileTypes: true }).map(
      (entry) => statSync(join(instance, entry.name)).mode,
    );
    expect(modes.length).toBeGreaterThanOrEqual(5);
    for (const mode of modes) expect(mode & 0o077).toBe(0);
    const password = new URL(target.queue?.kind === 'amqp' ? target.queue.url : '').password;
    const commandLines = listDescendants(process.pid).map(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
    expect(commandLines.filter((line) => line.includes(password))).toEqual([]);
  });

  test('names the component that is killed while it runs', async () => {
    target = await launchTarget({ kind: 'local', ...WITHOUT_QUEUE }, { attach: false });
    const redis = listDescendants(process.pid).find(({ pid }) => nameOf(pid) === 'redis-server');
    process.kill(redis?.pid ?? 0, 'SIGKILL');
    const failure = await target.failure;
    expect(failure).toMatchObject({ component: 'redis', reason: 'was killed by SIGKILL' });
    expect(failure.logTail.join('\n')).toContain('Ready to accept connections');
  });

  test('is gone when its start that was given up rejects', async () => {
    const given = new AbortController();
    const onProgress = (component: string) => {
      if (component !== 'postgres') return;
      processes = listDescendants(process.pid);
      given.abort(new Error('given up'));
    };
    const start = launchTarget({ kind: 'local', ...SMALL }, { attach: false, onProgress, signal: given.signal });
    await expect(start).rejects.toThrow('given up');
    expect(processes.filter(isAlive)).toEqual([]);
    expect(listInstances()).toEqual([]);
  });

  test('names the component that does not start, with the end of its log', async () => {
    const programs = join(base, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'redis-server'), '#!/bin/sh\necho "no memory for this" >&2\nexit 3\n', {
      mode: 0o755,
    });
    vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
    const start = launchTarget({ kind: 'local', ...SMALL }, { attach: false });
    await expect(start).rejects.toMatchObject({
      code: 'target-failed',
      exitCode: 3,
      message: 'the target did not start: redis exited with code 3 while it was starting: no memory for this',
    });
    expect(listInstances()).toEqual([]);
  });

  test('is gone within 5 s after its parent was killed with SIGKILL', async () => {
    await launchFromParent('local');
    parent?.kill('SIGKILL');
    await expectAllGone();
  });

  test('is gone within 5 s after its parent was killed while it was still starting', async () => {
    parent = spawn(process.execPath, [PARENT, 'local'], { stdio: 'ignore' });
    while (!listOwn().some(({ pid }) => nameOf(pid) === 'beam.smp')) await sleep(20);
    processes = listOwn();
    parent.kill('SIGKILL');
    await expectAllGone();
  });

  test('is gone within 5 s after its supervisor got SIGTERM', async () => {
    await launchFromParent('local');
    const supervisor = processes.find(({ pid }) =>
      readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('supervisor'),
    );
    process.kill(supervisor?.pid ?? 0, 'SIGTERM');
    await expectAllGone();
  });

  test('loses its processes at once when its supervisor is killed with SIGKILL, its directory at the next sweep', async () => {
    await launchFromParent('local');
    const supervisor = processes.find(({ pid }) =>
      readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('supervisor'),
    );
    process.kill(supervisor?.pid ?? 0, 'SIGKILL');
    await expectProcessesGone();
    expect(await sweepStaleInstances(base)).toHaveLength(1);
    expect(listInstances()).toEqual([]);
  });
});

describe('the embedded target', () => {
  test('answers on its endpoints, names its queue, and goes with stop', async () => {
    target = await launchTarget({ kind: 'embedded', ...SMALL }, { attach: false });
    expect(target.description.components[0]?.name).toBe('in-process queue');
    expect(target.endpoints).toHaveLength(1);
    const stats = target.queue?.kind === 'in-process' ? await (await fetch(target.queue.stats)).json() : null;
    expect(stats).toMatchObject({ ready: 0, inFlight: 0 });
    processes = listDescendants(process.pid);
    await target.stop();
    await expectAllGone();
  });

  test('is gone within 5 s after its parent was killed with SIGKILL', async () => {
    await launchFromParent('embedded');
    parent?.kill('SIGKILL');
    await expectAllGone();
  });

  test('reports its own death', async () => {
    await launchFromParent('embedded');
    target = await launchTarget({ kind: 'embedded', ...SMALL }, { attach: false });
    const child = listDescendants(process.pid).find(
      ({ pid }) => !processes.some((other) => other.pid === pid) && commandOf(pid).includes('embedded-process'),
    );
    process.kill(child?.pid ?? 0, 'SIGKILL');
    await expect(target.failure).resolves.toMatchObject({
      component: 'embedded cluster',
      reason: 'was killed by SIGKILL',
    });
  });
});

describe('the detached target', () => {
  test('stays up between runs, is attached to, tells its logs, and goes down when told to', async () => {
    await startDetachedTarget({ kind: 'local', ...WITHOUT_QUEUE });
    const status = readTargetStatus();
    expect(status.state).toBe('up');
    if (status.state === 'down') return;
    processes = [status.supervisor, ...listDescendants(status.supervisor.pid)];
    expect(statSync(join(base, 'state', 'chatbench', 'target.json')).mode & 0o777).toBe(0o600);

    const attached = await launchTarget({ kind: 'auto', ...WITHOUT_QUEUE });
    expect(attached.endpoints).toEqual(status.facts?.endpoints);
    await attached.stop();
    expect(attachToDetached({ kind: 'auto', ...WITHOUT_QUEUE, defect: 'own-copy' })).toBeNull();
    expect(readTargetStatus().state).toBe('up');

    expect(readTargetLogs('redis', 1)[0]?.lines[0]).toContain('Ready to accept connections');
    expect(() => readTargetLogs('mysql', 1)).toThrow('no component "mysql"');
    await expect(startDetachedTarget({ kind: 'local', ...WITHOUT_QUEUE })).rejects.toMatchObject({ code: 'usage' });

    expect(await stopDetachedTarget()).toBe(true);
    expect(readTargetStatus().state).toBe('down');
    await expectAllGone();
  });

  test('counts what workers have put aside: a message that the store refuses, among others that it takes', async () => {
    await startDetachedTarget({ kind: 'local', ...SMALL });
    const status = readTargetStatus();
    const queue = status.state === 'up' ? status.facts?.queue : null;
    if (queue?.kind !== 'amqp') throw new Error('expected a queue of RabbitMQ');
    const connection = await connect(queue.url);
    const channel = await connection.createConfirmChannel();
    const [good, refused] = ['"good"', '"un"balanced"'].map((bodyJson, n) =>
      encodeChatMessage({ id: `m${n}`, room: 'r', from: 'ann', connection: 'g0.1', at: '5', bodyJson }),
    );
    channel.sendToQueue(queueOf(0), encodeEnvelope('', [good!, refused!, good!]));
    channel.sendToQueue(queueOf(0), Buffer.from('rubbish'));
    await channel.waitForConfirms();
    await connection.close();
    const read = async () => JSON.parse((await runChatbench(['target', 'status', '--json'])).stdout).queue;
    await expect.poll(read).toEqual({ ready: 0, inFlight: 0, deadLetters: 2 });
    expect((await runChatbench(['target', 'status'])).stdout).toContain(
      'queue     0 waiting, 0 at workers, 2 dead letters',
    );

    const list = async () => (await runChatbench(['target', 'dead-letters', 'list'])).stdout.trim().split('\n').sort();
    const letters = ['7 bytes that are no message', 'r m1 from ann, 1970-01-01T00:00:00.005Z'];
    expect(await list()).toEqual(letters);
    expect(await list()).toEqual(letters);
    const replay = await runChatbench(['target', 'dead-letters', 'replay']);
    expect(replay.stdout).toBe('1 message sent to the workers again, 1 dead letter left that are no message\n');
    // Refused once more, after three tries.
    await expect.poll(read, { timeout: 10_000 }).toEqual({ ready: 0, inFlight: 0, deadLetters: 2 });
    expect(await list()).toEqual(letters);
  });

  test('has a name beside others, by which it alone is told about and taken down', async () => {
    await startDetachedTarget({ kind: 'embedded', ...SMALL });
    await startDetachedTarget({ kind: 'embedded', ...SMALL, gateways: 2 }, { name: 'wide' });
    expect((await runChatbench(['target', 'status', 'wide'])).stdout.match(/gateway/g)).toHaveLength(2);
    expect((await runChatbench(['target', 'status'])).stdout.match(/gateway/g)).toHaveLength(1);
    expect(attachToDetached({ kind: 'embedded', ...SMALL, gateways: 2 })?.attachedTo?.name).toBe('wide');
    expect(attachToDetached({ kind: 'embedded', ...SMALL })?.attachedTo?.name).toBe('default');
    expect((await runChatbench(['target', 'down', 'other'])).stdout).toBe('no target "other" was up\n');
    expect((await runChatbench(['target', 'down', 'wide'])).stdout).toBe('the target "wide" is down\n');
    expect(readTargetStatus('wide').state).toBe('down');
    expect(readTargetStatus().state).toBe('up');
    expect((await runChatbench(['target', 'down', '../x'])).code).toBe(2);
  });

  test('that has died of a kill is not taken for a live one', async () => {
    await startDetachedTarget({ kind: 'embedded', ...SMALL });
    const status = readTargetStatus();
    if (status.state === 'down') throw new Error('expected it to be up');
    process.kill(status.supervisor.pid, 'SIGKILL');
    processes = [status.supervisor];
    await expectProcessesGone();
    expect(readTargetStatus().state).toBe('down');
    expect(await stopDetachedTarget()).toBe(false);
  });
});

async function launchFromParent(kind: 'local' | 'embedded'): Promise<void> {
  parent = spawn(process.execPath, [PARENT, kind], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (parent.stdout === null) throw new Error('expected a pipe');
  await once(createInterface(parent.stdout), 'line');
  processes = listOwn();
}

function listOwn(): ProcessIdentity[] {
  return listDescendants(parent?.pid ?? 0);
}

async function expectAllGone(): Promise<void> {
  await expectProcessesGone();
  for (let waitedMs = 0; listInstances().length > 0 && waitedMs < GONE_WITHIN_MS; waitedMs += 20) await sleep(20);
  expect(listInstances()).toEqual([]);
}

async function expectProcessesGone(): Promise<void> {
  expect(processes.length).toBeGreaterThan(0);
  for (let waitedMs = 0; processes.some(isAlive) && waitedMs < GONE_WITHIN_MS; waitedMs += 20) await sleep(20);
  expect(processes.filter(isAlive).map(({ pid }) => commandOf(pid))).toEqual([]);
}

function listInstances(): string[] {
  return readdirSync(base).filter((name) => name.startsWith('chatbench-target-'));
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  } catch {
    return '';
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
