import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { monotonicClock } from '../../clock.ts';
import { AGENT_JOB } from '../../testing/kubernetes/agent-job-fixture.ts';
import { identifyProcess } from '../supervision/process-identity.ts';
import { findKubectl, type Kubectl } from './kubectl.ts';
import { startAgentsOnKubernetes } from './start-agents.ts';

/**
 * A stand-in for kubectl: logs what it is told without where, keeps what it is to make, and fails at what `fails` names. Port 4567 leads
 * to the engine until it is ended.
 */
const KUBECTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$*" >> whole
echo "$*" | sed -E 's/^--context here --namespace load //' >> log
case "$*" in
  "config current-context") if [ ! -e fails ]; then echo here; exit; fi ;;
  *" create "*) cat >> made; echo >> made ;;
esac
if [ -e fails ] && echo "$*" | grep -q -- "$(cat fails)"; then echo 'a warning' >&2; echo 'error: forbidden' >&2; exit 1; fi
case "$*" in
  *jsonpath=*uid*) echo uid-of-job ;;
  *" get pods "*) cat pods ;;
  *" rollout "*) if [ -e hangs ]; then exec sleep 60; fi ;;
  *" port-forward "*) echo 'Forwarding from 127.0.0.1:4567 -> 4222'; echo $$ > forward; exec sleep 60 ;;
esac
`;

const POD = (name: string, status: object) => ({ metadata: { name }, status });
const READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const DELETE = 'delete job,deployment,service,secret,poddisruptionbudget --selector=app.kubernetes.io/instance=load-1';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubectl-'));
  write('kubectl', KUBECTL);
  setPods(POD('a', READY), POD('b', READY));
  vi.stubEnv('PATH', `${directory}:/usr/bin:/bin`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(directory, name), text, { mode: 0o755 });
}

function setPods(...items: object[]): void {
  write('pods', JSON.stringify({ items }));
}

/** What it was told, by its first word. */
function readCalls(): string[] {
  const lines = readFileSync(join(directory, 'log'), 'utf8').trim().split('\n');
  return lines.map((line) => (line.startsWith('delete') ? line.split(' --ignore', 1)[0]! : line.split(' ', 1)[0]!));
}

const told: string[] = [];

async function start(signal = new AbortController().signal, found: Kubectl | null = null) {
  told.length = 0;
  const kubectl = found ?? (await findKubectl('load'));
  return startAgentsOnKubernetes(AGENT_JOB, {
    kubectl,
    clock: monotonicClock,
    signal,
    tell: (text) => told.push(text),
  });
}

function isAlive(pid: number): boolean {
  return identifyProcess(pid) !== null;
}

test('the job is made first, all else belongs to it, and everything is removed once it is over', async () => {
  const agents = await start();
  expect(agents!.url).toBe('tls://127.0.0.1:4567');
  expect(told).toEqual(['made 2 agents in namespace load of context here: job load-1-agents']);
  const pid = Number(readFileSync(join(directory, 'forward'), 'utf8'));
  expect(isAlive(pid)).toBe(true);
  expect(await agents!.stop()).toBeNull();
  expect(isAlive(pid)).toBe(false);
  expect(readCalls()).toEqual(['config', 'create', 'create', 'rollout', 'port-forward', 'get', DELETE]);
  const [job, list] = readFileSync(join(directory, 'made'), 'utf8').trim().split('\n');
  expect(JSON.parse(job!)).toMatchObject({ kind: 'Job', metadata: { name: 'load-1-agents' } });
  const { items } = JSON.parse(list!) as { items: { kind: string; metadata: { ownerReferences: object[] } }[] };
  expect(items.map(({ kind }) => kind).sort()).toEqual([
    'Deployment',
    'PodDisruptionBudget',
    'Secret',
    'Secret',
    'Service',
  ]);
  for (const { metadata } of items) {
    expect(metadata.ownerReferences).toEqual([
      { apiVersion: 'batch/v1', kind: 'Job', name: 'load-1-agents', uid: 'uid-of-job' },
    ]);
  }
});

test('every call is for the context that was current at the beginning, and for one namespace', async () => {
  const agents = await start();
  await agents!.stop();
  const [first, ...others] = readFileSync(join(directory, 'whole'), 'utf8').trim().split('\n');
  expect(first).toBe('config current-context');
  for (const line of others) expect(line).toMatch(/^--context here --namespace load /);
});

test('inside of a cluster, where there is no context, none is named', async () => {
  write('fails', 'config');
  const kubectl = await findKubectl(null);
  await kubectl.run(['get', 'x']);
  expect(readFileSync(join(directory, 'whole'), 'utf8').trim().split('\n').at(-1)).toBe('get x');
});

test.each(['-o jsonpath', 'create --request-timeout=30s -f -$', 'rollout', 'port-forward', 'get pods'])(
  'where kubectl fails at "%s", everything is removed, and its last line told',
  async (call) => {
    const kubectl = await findKubectl('load');
    write('fails', call);
    await expect(start(undefined, kubectl)).rejects.toMatchObject({
      code: 'target-unavailable',
      message: expect.stringMatching(/^--on kubernetes: kubectl [a-z-]+: error: forbidden/),
    });
    expect(readCalls().at(-1)).toBe(DELETE);
    const forward = join(directory, 'forward');
    if (existsSync(forward)) expect(isAlive(Number(readFileSync(forward, 'utf8')))).toBe(false);
  },
);

test('what kubectl failed at is told by its verb, whatever the namespace is called', async () => {
  const kubectl = await findKubectl('create');
  write('fails', ' get pods');
  await expect(kubectl.run(['get', 'pods'])).rejects.toThrow(/^--on kubernetes: kubectl get: error: forbidden$/);
});

test('what kept the pods is told with the failure', async () => {
  setPods(
    POD('a', {
      phase: 'Failed',
      containerStatuses: [{ state: { terminated: { reason: 'Error', exitCode: 2 } } }],
    }),
    POD('b', {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes\nare free' }],
    }),
  );
  await expect(start()).rejects.toMatchObject({
    message: '--on kubernetes: 0 of 2 agents are there; pod a: Error (exit code 2); pod b: Unschedulable (0/3 nodes)',
  });
  expect(readCalls().at(-1)).toBe(DELETE);
});

test('pods that are late are awaited, and what they wait for is told once', async () => {
  const waiting = { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull' } } }] };
  setPods(POD('a', READY), POD('b', waiting));
  const starting = start();
  await expect.poll(() => told).toContain('1 of 2 agents are there; pod b: ErrImagePull');
  setPods(POD('a', READY), POD('b', READY));
  const agents = await starting;
  expect(told).toHaveLength(2);
  await agents!.stop();
});

test('an interruption ends what is under way, removes everything, and is no failure', async () => {
  write('hangs', '');
  const interruption = new AbortController();
  const starting = start(interruption.signal);
  await expect.poll(() => readCalls().at(-1)).toBe('rollout');
  interruption.abort();
  expect(await starting).toBeNull();
  expect(readCalls().at(-1)).toBe(DELETE);
});

test('a process that exits before it is over removes everything on its way out', async () => {
  const agents = await start();
  const [removeAtExit] = process.listeners('exit').slice(-1);
  removeAtExit!(0);
  await expect.poll(() => readCalls().at(-1)).toBe(DELETE);
  const pid = Number(readFileSync(join(directory, 'forward'), 'utf8'));
  await expect.poll(() => isAlive(pid)).toBe(false);
  await agents!.stop();
  expect(process.listeners('exit')).not.toContain(removeAtExit);
});

test('what could not be removed is said, with the command that does it', async () => {
  const agents = await start();
  write('fails', 'delete');
  expect(await agents!.stop()).toMatch(
    /^--on kubernetes: kubectl delete: error: forbidden; still to be removed in namespace load of context here: kubectl delete /,
  );
});

test('the port stays where it is when kubectl loses it', async () => {
  const agents = await start();
  const first = Number(readFileSync(join(directory, 'forward'), 'utf8'));
  process.kill(first, 'SIGKILL');
  await expect.poll(() => Number(readFileSync(join(directory, 'forward'), 'utf8'))).not.toBe(first);
  await agents!.stop();
  const forwards = readFileSync(join(directory, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('port-forward'));
  expect(forwards.map((line) => line.split(' ').at(-1))).toEqual([':4222', '4567:4222']);
});

test('a machine without kubectl is told so in one line', async () => {
  rmSync(join(directory, 'kubectl'));
  vi.stubEnv('PATH', directory);
  await expect(findKubectl(null)).rejects.toMatchObject({
    code: 'target-unavailable',
    message: '--on kubernetes: kubectl is not on this machine',
    hint: expect.stringContaining('--print'),
  });
});
