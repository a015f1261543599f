import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Composition, Service } from './compose-model.ts';
import { runProgram } from './run-program.ts';

export const LABEL = 'com.docker.compose';

const inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()) }),
  State: z.object({ Status: z.string(), Health: z.object({ Status: z.string() }).optional() }),
});

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly number: number;
  /** Of what it was made from. */
  readonly hash: string;
  readonly status: string;
  readonly health: string;
}

export function docker(...args: readonly string[]): Promise<string> {
  return runProgram('docker', args);
}

/** Those of a project, whether they run or not. */
export async function listContainers(project: string): Promise<Container[]> {
  const ids = await docker('ps', '--all', '--quiet', '--filter', `label=${LABEL}.project=${project}`);
  if (ids === '') return [];
  const all = z.array(inspected).parse(JSON.parse(await docker('inspect', ...ids.split('\n'))));
  return all.map(({ Id, Name, Config: { Labels }, State }) => ({
    id: Id,
    name: Name.slice(1),
    service: Labels[`${LABEL}.service`] ?? '',
    number: Number(Labels[`${LABEL}.container-number`]),
    hash: Labels[`${LABEL}.config-hash`] ?? '',
    status: State.Status,
    health: State.Health?.Status ?? 'none',
  }));
}

export function hashService(service: Service): string {
  return createHash('sha256').update(JSON.stringify(service)).digest('hex');
}

/**
 * What `docker run` is told to start one container of a service.
 *
 * @param openFiles how many this machine lets a process have, who may not raise that limit
 */
export function describeContainer(composition: Composition, name: string, number: number, openFiles: number): string[] {
  const { project, folder, services } = composition;
  const service = services[name]!;
  const { healthcheck, image, command } = service;
  const labels = { project, service: name, 'container-number': number, 'config-hash': hashService(service) };
  const options: [string, readonly string[]][] = [
    ['name', [`${project}-${name}-${number}`]],
    ['network', [`${project}_default`]],
    ['network-alias', [name]],
    ['label', Object.entries(labels).map(([key, value]) => `${LABEL}.${key}=${value}`)],
    ['env', Object.entries(service.environment).map(([key, value]) => `${key}=${value}`)],
    ['volume', service.volumes.map((volume) => volume.replace(/^\.\//, `${folder}/`))],
    ['tmpfs', service.tmpfs],
    ['publish', service.ports],
    ['cap-drop', service.cap_drop],
    ['security-opt', service.security_opt],
    ['init', [String(service.init)]],
    ['read-only', [String(service.read_only)]],
    ['restart', service.restart === undefined ? [] : [service.restart]],
    ['user', service.user === undefined ? [] : [service.user]],
    ['stop-timeout', service.stop_grace_period === undefined ? [] : [service.stop_grace_period.replace('s', '')]],
    [
      'ulimit',
      Object.entries(service.ulimits).map(
        ([key, { soft, hard }]) => `${key}=${Math.min(soft, openFiles)}:${Math.min(hard, openFiles)}`,
      ),
    ],
    ['health-cmd', [healthcheck.test.slice(1).map(quote).join(' ')]],
    ['health-start-period', [healthcheck.start_period]],
    // Engines before 25 know one interval only. Short enough for a test that waits for a container to be well again.
    ['health-interval', ['5s']],
    ['health-timeout', [healthcheck.timeout]],
    ['health-retries', [String(healthcheck.retries)]],
  ];
  return [...options.flatMap(([key, values]) => values.map((value) => `--${key}=${value}`)), image, ...command];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
