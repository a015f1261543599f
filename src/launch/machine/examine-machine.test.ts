import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { launchTarget } from '../launch-target.ts';
import { examineMachine } from './examine-machine.ts';
import { installPackages, listMissingPrograms } from './install-packages.ts';
import type { MachineReport } from './machine-report.ts';

let programs: string;

beforeEach(() => {
  programs = join(mkdtempSync(join(tmpdir(), 'machine-')), 'bin');
  mkdirSync(programs);
  vi.stubEnv('PATH', `${programs}:/usr/bin:/bin`);
  vi.stubEnv('XDG_STATE_HOME', programs);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(join(programs, '..'), { recursive: true, force: true });
});

test('a program is reported with its path and the version that it tells', async () => {
  const path = makeProgram('redis-server', 'echo "Redis server v=9.8.7 sha=00000000:0 malloc=jemalloc"');
  const { programs: found } = await examineMachine();
  expect(found.find(({ name }) => name === 'redis-server')).toEqual({ name: 'redis-server', path, version: '9.8.7' });
});

test('a program that fails is reported without a version', async () => {
  const path = makeProgram('nginx', 'exit 1');
  const { programs: found } = await examineMachine();
  expect(found.find(({ name }) => name === 'nginx')).toEqual({ name: 'nginx', path, version: null });
});

test('the embedded target can run anywhere, and compose where the engine of Docker answers', async () => {
  makeProgram('docker', 'echo 28.0.1');
  expect(await findTargets()).toMatchObject({ embedded: true, compose: true });
  makeProgram('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  expect(await findTargets()).toMatchObject({ embedded: true, compose: false });
});

test('compose is refused with what the engine said', async () => {
  makeProgram('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  await expect(launchTarget({ kind: 'compose', topology: 'worker', gateways: 1, workers: 1 })).rejects.toMatchObject({
    code: 'target-unavailable',
    message: 'target "compose": the Docker engine does not answer: Cannot connect to the Docker daemon',
  });
});

test('only what is missing is to be installed, Chromium for the tests only', () => {
  const report = machineWith(['redis-server', 'postgres']);
  expect(listMissingPrograms(report, false)).toEqual(['rabbitmq-server', 'nginx']);
  expect(listMissingPrograms(report, true)).toEqual([
    ...['rabbitmq-server', 'nginx', 'nats-server', 'mosquitto', 'prosody', 'daphne', 'chromium', 'xmllint'],
  ]);
});

test('nothing is installed where nothing is missing', async () => {
  const report = machineWith(['redis-server', 'rabbitmq-server', 'postgres', 'nginx']);
  makeProgram('apt-get', 'exit 1');
  makeProgram('brew', 'exit 1');
  await expect(installPackages(report, { includeTestTools: false })).resolves.toEqual({ installed: [] });
});

function makeProgram(name: string, script: string): string {
  const path = join(programs, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

async function findTargets(): Promise<Record<string, boolean>> {
  const { targets } = await examineMachine();
  return Object.fromEntries(targets.map(({ kind, available }) => [kind, available]));
}

function machineWith(found: readonly string[]): MachineReport {
  const names = [
    'redis-server',
    'rabbitmq-server',
    'postgres',
    'nginx',
    'nats-server',
    'mosquitto',
    'prosody',
    'daphne',
    'chromium',
    'xmllint',
    'docker',
  ] as const;
  return {
    chatbench: '0',
    node: '0',
    platform: '',
    cores: 1,
    machineCores: 1,
    quotaCores: null,
    memoryBytes: 0,
    openFiles: { soft: null, hard: null },
    programs: names.map((name) => ({ name, path: found.includes(name) ? `/bin/${name}` : null, version: null })),
    targets: [],
  };
}
