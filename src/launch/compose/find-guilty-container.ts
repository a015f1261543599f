import type { TargetFailure } from '../running-target.ts';
import { listProjectContainers, type ProjectContainer } from './project-containers.ts';
import { readDockerLogs } from './run-docker.ts';

const TAIL_LINES = 10;

/**
 * Why a composition did not come up: the container that ended with an error, or else one that is not well, and the last that it
 * wrote. To be asked before the composition is taken down: its logs go with it. Null where none of them is at fault, or Docker does
 * not tell.
 */
export async function findGuiltyContainer(project: string): Promise<TargetFailure | null> {
  const containers = await listProjectContainers(project).catch(() => []);
  const guilty =
    // Of several that ended, a broker is the cause and its clients the consequence.
    sortByRank(containers.filter(({ status, exitCode }) => status !== 'running' && exitCode !== 0))[0] ??
    sortByRank(containers.filter(({ health }) => health === 'unhealthy'))[0] ??
    sortByRank(containers.filter(({ status, health }) => status !== 'running' || health === 'starting'))[0];
  if (guilty === undefined) return null;
  const lines = (await readDockerLogs(guilty.id, TAIL_LINES).catch(() => ''))
    .split('\n')
    .filter((it) => it.trim() !== '');
  const check = guilty.lastCheck === '' ? [] : [`health check: ${guilty.lastCheck.split('\n').at(-1)}`];
  return { component: guilty.name, reason: describeState(guilty), logTail: [...lines, ...check] };
}

const CLIENTS = ['gateway', 'worker', 'nginx'];

function sortByRank(containers: readonly ProjectContainer[]): ProjectContainer[] {
  return containers.toSorted((a, b) => CLIENTS.indexOf(a.service) - CLIENTS.indexOf(b.service));
}

function describeState({ status, exitCode, health }: ProjectContainer): string {
  if (status === 'exited' || status === 'dead') return `exited with code ${exitCode}`;
  if (status !== 'running') return `is ${status}`;
  return health === 'unhealthy' ? 'is unhealthy' : 'is not healthy in time';
}
