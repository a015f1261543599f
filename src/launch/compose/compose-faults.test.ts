import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BREAKABLE } from '../../choices.ts';
import type { TargetFaults } from '../../target-faults.ts';
import { launchTarget } from '../launch-target.ts';
import type { RunningTarget } from '../running-target.ts';

let directory: string;

/**
 * A stand-in for the command line of Docker: logs what it is told, and answers as one whose containers c-SERVICE-NUMBER are well.
 */
const DOCKER = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$*" >> log
case "$*" in
  *" up "*) env | grep '^CHATBENCH_.*_PORT' | sort > ports ;;
  *" port "*) echo 127.0.0.1:1 ;;
  *" images "*) echo '[{"Repository":"redis","Tag":"7.4-alpine"}]' ;;
  ps*service=kafka*) ;;
  ps*) echo "$*" | sed -E 's/.*service=([a-z]+).*number=([0-9]+).*/c-\\1-\\2/' ;;
  inspect*) if [ -e asked ]; then echo "$(cat state)"; else touch asked; echo 'running starting'; fi ;;
  "start c-redis-1") echo 'warning' >&2; echo 'Error: no space left' >&2; exit 1 ;;
esac
`;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'docker-'));
  writeFileSync(join(directory, 'docker'), DOCKER, { mode: 0o755 });
  writeFileSync(join(directory, 'state'), 'running healthy');
  vi.stubEnv('PATH', `${directory}:/usr/bin:/bin`);
  vi.stubEnv('XDG_STATE_HOME', directory);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

function launch(keepPorts: boolean): Promise<RunningTarget> {
  return launchTarget({ kind: 'compose', topology: 'worker', gateways: 2, workers: 1 }, { keepPorts });
}

/** What was done to containers, without the looks at them. */
function readActs(): string[] {
  const lines = readFileSync(join(directory, 'log'), 'utf8').trim().split('\n');
  return lines.filter((line) => /^(kill|wait|start|restart|pause|unpause) /.test(line));
}

async function launchToBreak(): Promise<{ target: RunningTarget; faults: TargetFaults }> {
  const target = await launch(true);
  if (target.faults === null) throw new Error('expected a target that can be harmed');
  return { target, faults: target.faults };
}

test('a container is killed by service and number, and started again once it has ended', async () => {
  const { faults } = await launchToBreak();
  await faults.kill('gateway-2');
  await expect.poll(readActs).toEqual(['kill c-gateway-2', 'wait c-gateway-2', 'start c-gateway-2']);
  // Waits until it is back.
  await faults.pause('gateway-2');
  expect(readActs().at(-1)).toBe('pause c-gateway-2');
  const log = readFileSync(join(directory, 'log'), 'utf8');
  expect(log.indexOf('\npause c-gateway-2')).toBeGreaterThan(log.lastIndexOf('\ninspect'));
  const project = /--project-name (\S+) up/.exec(log)?.[1];
  expect(log).toContain(
    `ps --all --quiet --filter label=com.docker.compose.project=${project} --filter label=com.docker.compose.service=gateway --filter label=com.docker.compose.container-number=2\n`,
  );
});

test('a broker is restarted until it is healthy, and one that stands still goes on', async () => {
  const { faults } = await launchToBreak();
  await faults.restart('rabbitmq');
  await faults.pause('worker-1');
  await faults.resume('worker-1');
  expect(readActs()).toEqual(['restart c-rabbitmq-1', 'pause c-worker-1', 'unpause c-worker-1']);
  expect(readFileSync(join(directory, 'log'), 'utf8').match(/^inspect .* c-rabbitmq-1$/gm)).toHaveLength(2);
});

test('connections are broken at the broker, by a command of its own', async () => {
  const { faults } = await launchToBreak();
  for (const kind of BREAKABLE) await faults.disconnect(kind);
  const commands = readFileSync(join(directory, 'log'), 'utf8').match(/(?<=^exec ).*(KILL|terminate|close_all).*$/gm);
  expect(commands?.map((it) => it.split(' ').slice(0, 2).join(' '))).toEqual([
    'c-redis-1 redis-cli',
    'c-redis-1 redis-cli',
    'c-postgres-1 psql',
    'c-rabbitmq-1 rabbitmqctl',
  ]);
});

test('what cannot be done is told', async () => {
  const { faults } = await launchToBreak();
  await expect(faults.kill('kafka')).rejects.toThrow('no container of kafka');
  await expect(faults.disconnect('kafka')).rejects.toThrow('expected one of redis-pubsub, redis, postgres, amqp');
  writeFileSync(join(directory, 'state'), 'exited unhealthy');
  await expect(faults.restart('worker-1')).rejects.toThrow('its container is exited');
});

test('a part that does not start again is a failure of the target', async () => {
  const { target, faults } = await launchToBreak();
  await faults.kill('redis');
  expect(await target.failure).toEqual({
    component: 'redis',
    reason: 'did not start again: Error: no space left',
    logTail: [],
  });
});

test('ports stay what they are where parts are to be started again, and are left to Docker otherwise', async () => {
  await launch(false);
  expect(readFileSync(join(directory, 'ports'), 'utf8')).toBe('');
  await launch(true);
  const ports = readFileSync(join(directory, 'ports'), 'utf8').trim().split('\n');
  const first = Number(/\d+$/.exec(ports.find((line) => line.startsWith('CHATBENCH_RABBITMQ_PORT=')) ?? '')?.[0]);
  expect(ports).toEqual([
    `CHATBENCH_GATEWAY_PORTS=${first + 2}-${first + 3}`,
    `CHATBENCH_NGINX_PORT=${first + 1}`,
    `CHATBENCH_RABBITMQ_PORT=${first}`,
    `CHATBENCH_WORKER_PORTS=${first + 4}`,
  ]);
});
