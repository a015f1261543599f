import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { launchTarget } from '../launch-target.ts';
import { findGuiltyContainer } from './find-guilty-container.ts';

interface Told {
  readonly service: string;
  readonly number?: number;
  readonly status?: string;
  readonly exitCode?: number;
  readonly health?: string;
  readonly checks?: readonly string[];
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'guilty-'));
  vi.stubEnv('PATH', `${directory}:/usr/bin:/bin`);
  vi.stubEnv('XDG_STATE_HOME', directory);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** A Docker with these containers, each of which has written who it is, on both ways; `up` fails as Compose does. */
function tell(containers: readonly Told[]): void {
  const inspected = containers.map(
    ({ service, number = 1, status = 'running', exitCode = 0, health, checks = [] }) => ({
      Id: `id-${service}-${number}`,
      Config: {
        Labels: { 'com.docker.compose.service': service, 'com.docker.compose.container-number': String(number) },
      },
      State: {
        Status: status,
        ExitCode: exitCode,
        Health: health === undefined ? null : { Status: health, Log: checks.map((Output) => ({ Output })) },
      },
    }),
  );
  writeFileSync(join(directory, 'inspected'), JSON.stringify(inspected));
  const script = `#!/bin/sh
case "$*" in
  *' up '*) echo 'Container worker-1 Started' >&2; echo 'dependency failed to start' >&2; exit 1 ;;
  *' down '*) touch ${directory}/down ;;
  ps*) echo '${inspected.map(({ Id }) => Id).join('\n')}' ;;
  inspect*) cat ${directory}/inspected ;;
  logs*) [ -e ${directory}/down ] || { echo "out of \${*##* }"; echo "err of \${*##* }" >&2; } ;;
esac
`;
  writeFileSync(join(directory, 'docker'), script, { mode: 0o755 });
}

test('one that ended with an error is named, with the last of both that it wrote', async () => {
  tell([
    { service: 'redis', health: 'healthy' },
    { service: 'worker', number: 2, status: 'exited', exitCode: 1, health: 'unhealthy' },
    { service: 'gateway', health: 'starting' },
  ]);
  expect(await findGuiltyContainer('p')).toEqual({
    component: 'worker-2',
    reason: 'exited with code 1',
    logTail: ['out of id-worker-2', 'err of id-worker-2'],
  });
});

test('of several that ended the broker is at fault, and not the clients that it took along', async () => {
  tell([
    { service: 'gateway', status: 'exited', exitCode: 1 },
    { service: 'postgres', status: 'exited', exitCode: 3 },
  ]);
  expect(await findGuiltyContainer('p')).toMatchObject({ component: 'postgres-1', reason: 'exited with code 3' });
});

test('one that is unhealthy tells what its last check wrote', async () => {
  tell([
    { service: 'gateway', health: 'starting' },
    { service: 'rabbitmq', health: 'unhealthy', checks: ['earlier', 'a line\nconnection refused\n'] },
  ]);
  expect(await findGuiltyContainer('p')).toMatchObject({
    component: 'rabbitmq-1',
    reason: 'is unhealthy',
    logTail: ['out of id-rabbitmq-1', 'err of id-rabbitmq-1', 'health check: connection refused'],
  });
});

test('where all are well, or there are none, nobody is blamed', async () => {
  tell([{ service: 'redis', health: 'healthy' }]);
  expect(await findGuiltyContainer('p')).toBeNull();
  tell([]);
  expect(await findGuiltyContainer('p')).toBeNull();
});

test('a start that fails tells it before everything is taken down', async () => {
  tell([{ service: 'worker', status: 'exited', exitCode: 1 }]);
  const launching = launchTarget({ kind: 'compose', topology: 'worker', gateways: 1, workers: 1 });
  await expect(launching).rejects.toMatchObject({
    code: 'target-failed',
    message:
      'docker compose did not start the target: worker-1 exited with code 1\nout of id-worker-1\nerr of id-worker-1',
  });
});

test('where no container is at fault it is the last line of Compose that counts', async () => {
  tell([]);
  await expect(launchTarget({ kind: 'compose', topology: 'worker', gateways: 1, workers: 1 })).rejects.toMatchObject({
    message: 'docker compose did not start the target: dependency failed to start',
  });
});
